// The store in memory, for simulation and tests: the same contract. What fails
// on demand is simulation/faulty_store.hpp.
#pragma once

#include "storage/store.hpp"

#include <memory>

namespace holdfast {

/// Everything committed lives in this object; an engine on top can be thrown
/// away ("crash") and a new one put on it. Thread-safe.
class memory_store : public store {
public:
  explicit memory_store(std::uint32_t tag = 1);

  std::vector<commit_result> commit(const std::vector<step>& steps) override;
  purge_result purge(const purge_request& what) override;
  void probe() override;
  std::unique_ptr<snapshot> read() const override;
  std::uint64_t last_id() const override;
  std::uint64_t last_seq() const override;
  std::uint32_t tag() const override;
  store_usage usage() const override;
  void copy_to(const std::string& dest) const override; ///< always refused

  /// Calls of `commit` that took effect so far.
  std::uint64_t commits() const;

private:
  struct state;
  std::shared_ptr<state> state_; ///< shared with the open snapshots
};

} // namespace holdfast
