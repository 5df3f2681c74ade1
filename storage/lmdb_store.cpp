// The store's contract on top of LMDB, and its recovery from failed writes.
// Must not know CAF or the rules.
#include "storage/lmdb_store.hpp"

#include "storage/lmdb_env.hpp"
#include "storage/lmdb_snapshot.hpp"
#include "storage/lmdb_writer.hpp"
#include "storage/purge_plan.hpp"
#include "storage/records.hpp"
#include "storage/store_rules.hpp"
#include "storage/system_error.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <shared_mutex>

namespace holdfast {

using namespace storage_impl;

namespace {

using env_ptr = std::shared_ptr<lmdb_env>;

class lmdb_store : public store {
private:
  /// Runs `work` on the open environment. When that turns out to have
  /// panicked, it is opened again and `work` is run once more.
  template <class Work>
  auto with_env(Work work) const {
    const lmdb_env* panicked = nullptr;
    for (int attempt = 0; attempt < 2; ++attempt) {
      try {
        std::shared_lock guard{gate_};
        panicked = env_.get();
        if (env_)
          return work(env_);
      } catch (const env_panicked&) {
        // Cured below, where the gate is not held.
      }
      reopen(panicked);
    }
    throw lmdb_failure(MDB_PANIC, "cannot use the store in data directory",
                       dir_->path());
  }

  void reopen(const lmdb_env* panicked) const {
    std::unique_lock guard{gate_};
    if (env_.get() != panicked)
      return; // another thread was faster
    // A snapshot keeps its view: LMDB must not be closed under it.
    if (env_.use_count() > 1)
      throw storage_error(storage_errc::io,
                          "data directory " + dir_->path() +
                              " must be opened again after a failed write, "
                              "and waits for " +
                              std::to_string(env_.use_count() - 1) +
                              " snapshots to be closed");
    env_.reset();
    open_env();
  }

public:
  explicit lmdb_store(lmdb_options options)
      : options_(std::move(options)),
        dir_(std::make_shared<data_directory>(options_.directory)) {
    open_env();
  }

  std::vector<commit_result> commit(const std::vector<step>& steps) override {
    if (steps.empty())
      return {};
    check_steps(steps);
    return with_env([&](const env_ptr& env) { return commit_in(*env, steps); });
  }

  purge_result purge(const purge_request& what) override {
    with_env([](const env_ptr& env) { env->forget_dead_readers(); });
    auto part = what;
    while (true) {
      try {
        auto plan = plan_purge(*read(), part);
        with_env([&](const env_ptr& env) { erase_in(*env, plan.erasures); });
        return plan.result;
      } catch (const storage_error& e) {
        // Erasing needs free pages as well; a little needs fewer.
        if (e.code != storage_errc::full || part.max_rows <= 1)
          throw;
        part.max_rows /= 4;
      }
    }
  }

  void probe() override {
    with_env([](const env_ptr& env) {
      lmdb_writer writer{*env};
      auto last = writer.get(table::meta, meta_probe);
      auto n = last ? decode_u64(*last, meta_probe) + 1 : 1;
      writer.put(table::meta, meta_probe, encode_u64(n));
      writer.commit(lmdb_writer::room::for_more);
    });
  }

  std::unique_ptr<snapshot> read() const override {
    return with_env([](const env_ptr& env) { return read_lmdb(env); });
  }

  std::uint64_t last_id() const override { return last_id_; }

  std::uint64_t last_seq() const override { return last_seq_; }

  std::uint32_t tag() const override { return tag_; }

  store_usage usage() const override {
    return with_env([](const env_ptr& env) {
      reading_txn txn{*env};
      return store_usage{env->used_bytes(txn.get()), env->map_bytes()};
    });
  }

  void copy_to(const std::string& dest) const override {
    with_env([&](const env_ptr& env) { copy_env(*env, dest); });
  }

private:
  void open_env() const {
    try {
      auto env = std::make_shared<lmdb_env>(dir_, options_);
      load_counters(env);
      env_ = std::move(env);
    } catch (const env_panicked&) {
      throw lmdb_failure(MDB_PANIC, "cannot open the store in data directory",
                         dir_->path());
    }
  }

  /// What a failed commit left behind decides, not what this object knew.
  void load_counters(const env_ptr& env) const {
    auto view = read_lmdb(env);
    auto row = [&](std::string_view name) {
      auto value = view->get(table::meta, name);
      if (!value)
        throw storage_error(storage_errc::corrupt,
                            "data directory " + dir_->path() + ": meta row " +
                                std::string{name} +
                                " is missing; restore it from a backup");
      return *value;
    };
    tag_ = decode_u32(row(meta_tag), meta_tag);
    last_id_ = decode_u64(row(meta_last_id), meta_last_id);
    last_seq_ = 0;
    view->scan_back(table::journal, {}, [&](auto key, auto) {
      last_seq_ = key_number(key);
      return false;
    });
  }

  std::vector<commit_result> commit_in(lmdb_env& env,
                                       const std::vector<step>& steps) {
    lmdb_writer writer{env};
    std::vector<commit_result> results;
    results.reserve(steps.size());
    auto seq = last_seq_.load();
    auto id = last_id_.load();
    auto changed = false;
    for (const auto& x : steps) {
      auto current =
          x.resource.empty() ||
          x.base == version_of(writer.get(table::resources, x.resource));
      results.push_back(current ? commit_result::committed
                                : commit_result::conflict);
      if (!current)
        continue;
      changed = true;
      for (const auto& w : x.writes)
        writer.apply(w);
      for (const auto& event : x.events)
        writer.append(table::journal, number_key(++seq), event);
      id = std::max(id, x.max_id);
    }
    if (!changed)
      return results;
    if (id != last_id_)
      writer.put(table::meta, meta_last_id, encode_u64(id));
    writer.commit();
    last_seq_ = seq;
    last_id_ = id;
    return results;
  }

  static void erase_in(lmdb_env& env, const std::vector<write>& erasures) {
    if (erasures.empty())
      return;
    lmdb_writer writer{env};
    for (const auto& w : erasures)
      writer.apply(w);
    writer.commit(lmdb_writer::room::all);
  }

  static void copy_env(const lmdb_env& env, const std::string& dest) {
    const auto* doing = "cannot copy the store to";
    std::error_code problem;
    std::filesystem::create_directories(dest, problem);
    if (!problem && !std::filesystem::is_empty(dest, problem) && !problem)
      throw storage_error(storage_errc::io, "cannot copy the store to " + dest +
                                                ": the directory is not empty");
    if (problem)
      throw system_failure(problem.value(), doing, dest);
    auto file = dest + "/data.mdb";
    auto code = mdb_env_copy2(env.handle(), dest.c_str(), 0);
    if (code == MDB_SUCCESS && !(sync_path(file) && sync_path(dest)))
      code = errno;
    if (code == MDB_SUCCESS)
      return;
    // Half a copy must not be taken for a backup.
    std::filesystem::remove(file, problem);
    throw lmdb_failure(code, doing, dest);
  }

  /// A short read transaction.
  class reading_txn {
  public:
    explicit reading_txn(lmdb_env& env)
        : env_(env), txn_(env.start_reading()) {}
    ~reading_txn() { env_.stop_reading(txn_); }
    reading_txn(const reading_txn&) = delete;
    reading_txn& operator=(const reading_txn&) = delete;
    MDB_txn* get() const { return txn_; }

  private:
    lmdb_env& env_;
    MDB_txn* txn_;
  };

  const lmdb_options options_;
  const std::shared_ptr<data_directory> dir_;
  /// Shared by everybody who uses `env_`; exclusive while it is replaced,
  /// which readers may cause, too.
  mutable std::shared_mutex gate_;
  mutable env_ptr env_;
  mutable std::atomic<std::uint64_t> last_id_{0};
  mutable std::atomic<std::uint64_t> last_seq_{0};
  mutable std::atomic<std::uint32_t> tag_{0};
};

} // namespace

namespace {

class lmdb_reader : public store_reader {
public:
  explicit lmdb_reader(const std::string& directory)
      : env_(std::make_shared<lmdb_env>(directory)) {
    auto view = read();
    auto tag = view->get(table::meta, meta_tag);
    tag_ = decode_u32(tag.value_or(std::string_view{}), meta_tag);
  }

  std::unique_ptr<snapshot> read() const override { return read_lmdb(env_); }
  std::uint32_t tag() const override { return tag_; }

private:
  env_ptr env_;
  std::uint32_t tag_ = 0;
};

} // namespace

std::unique_ptr<store_reader> open_lmdb_reader(const std::string& directory) {
  try {
    return std::make_unique<lmdb_reader>(directory);
  } catch (const env_panicked&) {
    throw lmdb_failure(MDB_PANIC, "cannot read the store in", directory);
  }
}

std::unique_ptr<store> open_lmdb_store(const lmdb_options& options) {
  return std::make_unique<lmdb_store>(options);
}

} // namespace holdfast
