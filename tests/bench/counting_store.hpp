// A store that counts the commits of the store behind it.
// Must not change what they do.
#pragma once

#include "node/load/measure.hpp"
#include "storage/store.hpp"

#include <atomic>

namespace holdfast::bench {

class counting_store : public store {
public:
  /// `on` must outlive it.
  explicit counting_store(store& on) : on_(on) {}

  struct counts {
    std::uint64_t commits = 0;
    std::uint64_t steps = 0;
    std::int64_t busy_ns = 0; ///< spent in commits
  };
  /// Any thread.
  counts so_far() const { return {commits_, steps_, busy_ns_}; }

  std::vector<commit_result> commit(const std::vector<step>& steps) override {
    auto begin = clock::now();
    auto results = on_.commit(steps);
    busy_ns_ += std::chrono::nanoseconds{clock::now() - begin}.count();
    ++commits_;
    steps_ += steps.size();
    return results;
  }
  purge_result purge(const purge_request& what) override {
    return on_.purge(what);
  }
  void probe() override { on_.probe(); }
  std::unique_ptr<snapshot> read() const override { return on_.read(); }
  std::uint64_t last_id() const override { return on_.last_id(); }
  std::uint64_t last_seq() const override { return on_.last_seq(); }
  std::uint32_t tag() const override { return on_.tag(); }
  store_usage usage() const override { return on_.usage(); }
  void copy_to(const std::string& dest) const override { on_.copy_to(dest); }

private:
  store& on_;
  std::atomic<std::uint64_t> commits_ = 0;
  std::atomic<std::uint64_t> steps_ = 0;
  std::atomic<std::int64_t> busy_ns_ = 0;
};

} // namespace holdfast::bench
