#include "simulation/faulty_store.hpp"

#include <string>

namespace holdfast::simulation {

namespace {

const char* name_of(storage_errc code) {
  switch (code) {
  case storage_errc::full:
    return "store: full";
  case storage_errc::disk_full:
    return "store: disk full";
  default:
    return "store: I/O error";
  }
}

} // namespace

faulty_store::faulty_store(std::uint32_t tag) : disk_(tag) {
  for (const auto* kind :
       {"store: full", "store: disk full", "store: I/O error",
        "store: answer lost", "store: slow commit",
        "store: node dies before a commit", "store: node dies after a commit"})
    met.announce(kind);
}

void faulty_store::fail_with(storage_errc code) { failing_ = code; }

void faulty_store::commit_then_fail(std::size_t n) { hidden_ = n; }

void faulty_store::slow_down(std::size_t n, std::int64_t ms) {
  slow_ = n;
  slow_ms_ = ms;
}

void faulty_store::die_in_commit(bool after) {
  dies_ = true;
  dies_after_ = after;
}

void faulty_store::heal() {
  failing_.reset();
  hidden_ = slow_ = 0;
  dies_ = false;
}

void faulty_store::before() {
  if (cut_)
    throw storage_error{storage_errc::io, "the node is dead"};
  if (dies_ && !dies_after_) {
    met.add("store: node dies before a commit");
    cut();
    throw storage_error{storage_errc::io, "the node dies before a commit"};
  }
  if (failing_) {
    met.add(name_of(*failing_));
    throw storage_error{*failing_, "the simulated disk fails"};
  }
  if (slow_ > 0) {
    --slow_;
    met.add("store: slow commit");
    if (on_wait)
      on_wait(slow_ms_);
  }
}

void faulty_store::after() {
  if (on_commit)
    on_commit();
  if (dies_) {
    met.add("store: node dies after a commit");
    cut();
    throw storage_error{storage_errc::io, "the node dies after a commit"};
  }
  if (hidden_ > 0) {
    --hidden_;
    met.add("store: answer lost");
    throw storage_error{storage_errc::io, "committed, and nobody heard"};
  }
}

std::vector<commit_result>
faulty_store::commit(const std::vector<holdfast::step>& steps) {
  if (steps.empty())
    return {};
  before();
  auto before_commits = disk_.commits();
  auto results = disk_.commit(steps);
  if (disk_.commits() == before_commits)
    return results; // refused, all of them
  ++commits_;
  after();
  return results;
}

purge_result faulty_store::purge(const purge_request& what) {
  before();
  auto result = disk_.purge(what);
  after();
  return result;
}

void faulty_store::probe() {
  before();
  disk_.probe();
}

std::unique_ptr<snapshot> faulty_store::read() const {
  if (reads_left_ == 0)
    throw storage_error{storage_errc::io, "the disk cannot be read"};
  if (reads_left_ != SIZE_MAX)
    --reads_left_;
  return disk_.read();
}

} // namespace holdfast::simulation
