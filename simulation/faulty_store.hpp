// A store in memory that survives the crashes of the nodes on it, and fails
// as disks and machines do.
// Must not know CAF, actors or what the records mean.
#pragma once

#include "simulation/fault_counts.hpp"
#include "storage/memory_store.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace holdfast::simulation {

/// What was committed stays whatever happens; nothing else does. Without
/// faults it keeps the contract of every store. One thread.
class faulty_store : public store {
public:
  explicit faulty_store(std::uint32_t tag = 1);

  // -- faults, each until `heal` unless it says how often ---------------------

  /// Commits, purges and probes throw storage_error(code): nothing happens.
  void fail_with(storage_errc code);
  /// The next `n` commits take effect but throw, as when power fails between
  /// the write and the answer.
  void commit_then_fail(std::size_t n);
  /// Virtual time passes while the next `n` commits run.
  void slow_down(std::size_t n, std::int64_t ms);
  /// The node dies in its next commit: before it took effect or after.
  void die_in_commit(bool after);
  /// Reads throw when `n` more have been made; SIZE_MAX: they work.
  void fail_reads_after(std::size_t n) { reads_left_ = n; }
  void heal();

  // -- a node's life ----------------------------------------------------------

  /// The node is dead: whatever of it still runs reaches nothing any more.
  void cut() { cut_ = true; }
  /// A new node comes.
  void open() { cut_ = dies_ = false; }
  bool is_cut() const { return cut_; }

  /// Called after every commit that took effect.
  std::function<void()> on_commit;
  /// Lets virtual time pass, for slow commits.
  std::function<void(std::int64_t ms)> on_wait;
  /// Faults that were met, by kind.
  fault_counts met;

  // -- store ------------------------------------------------------------------

  std::vector<commit_result> commit(const std::vector<step>& steps) override;
  purge_result purge(const purge_request& what) override;
  void probe() override;
  std::unique_ptr<snapshot> read() const override;
  std::uint64_t last_id() const override { return disk_.last_id(); }
  std::uint64_t last_seq() const override { return disk_.last_seq(); }
  std::uint32_t tag() const override { return disk_.tag(); }
  store_usage usage() const override { return disk_.usage(); }
  void copy_to(const std::string& dest) const override { disk_.copy_to(dest); }

  /// What is on the disk, whatever the node can read.
  const memory_store& disk() const { return disk_; }
  /// Calls of `commit` that took effect.
  std::uint64_t commits() const { return commits_; }

private:
  void before();
  void after();

  memory_store disk_;
  std::optional<storage_errc> failing_;
  std::size_t hidden_ = 0;
  std::size_t slow_ = 0;
  std::int64_t slow_ms_ = 0;
  bool dies_ = false;
  bool dies_after_ = false;
  bool cut_ = false;
  std::uint64_t commits_ = 0;
  mutable std::size_t reads_left_ = SIZE_MAX;
};

} // namespace holdfast::simulation
