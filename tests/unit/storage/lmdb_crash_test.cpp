// Processes that are killed, writes that fail halfway: nothing that was
// acknowledged is lost, and service resumes.
#include "failing_disk.hpp"
#include "sample.hpp"
#include "storage/verify.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace holdfast;
using sample::failure_of;
using sample::open_lmdb;
using sample::temp_dir;

namespace {

/// Grants, queues and releases for ever; tells each round once it is durable.
[[noreturn]] void commit_for_ever(const std::string& dir, int out) {
  auto s = open_lmdb(dir);
  sample::world w;
  auto prefix = std::to_string(s->last_seq());
  for (std::uint64_t round = 0;; ++round) {
    auto name = prefix + "-" + std::to_string(round);
    // The ids of earlier lives are used up.
    while (w.last_id() < s->last_id())
      w.bury(name);
    s->commit({w.grant(name, "k"), w.enqueue(name, "q")});
    if (round % 3 != 0)
      s->commit({w.release(name)});
    auto told = s->last_seq();
    if (::write(out, &told, sizeof(told)) != sizeof(told))
      _exit(1);
  }
}

/// Kills a process in the middle of its commits; the newest journal row that
/// it has told of.
std::uint64_t crash_after(const std::string& dir, int rounds) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  auto child = fork();
  if (child == 0) {
    close(ends[0]);
    commit_for_ever(dir, ends[1]);
  }
  close(ends[1]);
  std::uint64_t told = 0;
  for (int i = 0; i < rounds; ++i)
    REQUIRE(::read(ends[0], &told, sizeof(told)) == sizeof(told));
  kill(child, SIGKILL);
  while (::read(ends[0], &told, sizeof(told)) == sizeof(told)) {
  }
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  return told;
}

struct healthy_disk {
  ~healthy_disk() {
    failing_disk::set(failing_disk::head_writes::good);
    failing_disk::fail_syncs(0);
  }
};

} // namespace

TEST_CASE("what a killed process had acknowledged is there, and whole") {
  temp_dir dir;
  for (int round = 0; round < 10; ++round) {
    auto told = crash_after(dir.path(), 1 + round * 5);
    auto s = open_lmdb(dir.path());
    CHECK(s->last_seq() >= told);
    CHECK(s->read()->count(table::journal) == s->last_seq());
    auto report = verify(*s);
    for (const auto& fault : report.faults)
      MESSAGE(fault);
    CHECK(report.ok());
  }
}

TEST_CASE("a failed flush leaves all as before, and the next commit works") {
  temp_dir dir;
  healthy_disk after;
  auto s = open_lmdb(dir.path());
  sample::world w;
  s->commit({w.grant("a", "k")});
  auto later = w.release("a");
  failing_disk::fail_syncs(1);
  CHECK(failure_of([&] { s->commit({later}); }).code == storage_errc::io);
  CHECK(s->last_seq() == 1);
  CHECK(s->read()->count(table::locks) == 1);
  CHECK(verify(*s).ok());
  s->commit({later});
  CHECK(s->last_seq() == 2);
  CHECK(verify(*s).ok());
}

TEST_CASE("after a lost head write the store opens itself again") {
  temp_dir dir;
  healthy_disk after;
  auto s = open_lmdb(dir.path());
  sample::world w;
  s->commit({w.grant("a", "k")});
  auto later = w.release("a");
  failing_disk::set(failing_disk::head_writes::lost);
  CHECK(failure_of([&] { s->commit({later}); }).code == storage_errc::io);
  CHECK(s->last_seq() == 1);
  SUBCASE("for a commit") {
    CHECK(s->commit({later}) ==
          std::vector<commit_result>{commit_result::committed});
    CHECK(s->last_seq() == 2);
  }
  SUBCASE("for a probe") { s->probe(); }
  SUBCASE("for a reader") { CHECK(s->read()->count(table::locks) == 1); }
  SUBCASE("for a purge") { CHECK(s->purge({}).removed == 0); }
  SUBCASE("for the numbers") { CHECK(s->usage().used_bytes > 0); }
  CHECK(verify(*s).ok());
  // The directory is still held.
  CHECK(failure_of([&] { open_lmdb(dir.path()); }).code ==
        storage_errc::locked);
}

TEST_CASE("a commit that failed but was kept is seen once it is reopened") {
  temp_dir dir;
  healthy_disk after;
  auto s = open_lmdb(dir.path());
  sample::world w;
  s->commit({w.grant("a", "k")});
  auto later = w.release("a");
  failing_disk::set(failing_disk::head_writes::kept_but_fail);
  CHECK(failure_of([&] { s->commit({later}); }).code == storage_errc::io);
  s->probe();
  CHECK(s->last_seq() == 2);
  CHECK(s->last_id() == w.last_id());
  CHECK(s->read()->count(table::locks) == 0);
  CHECK(s->commit({later}) ==
        std::vector<commit_result>{commit_result::conflict});
  CHECK(verify(*s).ok());
}

TEST_CASE("a snapshot keeps its view while the store waits to be reopened") {
  temp_dir dir;
  healthy_disk after;
  auto s = open_lmdb(dir.path());
  sample::world w;
  s->commit({w.grant("a", "k")});
  auto later = w.release("a");
  auto view = s->read();
  failing_disk::set(failing_disk::head_writes::lost);
  CHECK(failure_of([&] { s->commit({later}); }).code == storage_errc::io);
  auto e = failure_of([&] { s->commit({later}); });
  CHECK(e.code == storage_errc::io);
  CHECK(std::string{e.what()}.find("waits for 1 snapshots") !=
        std::string::npos);
  CHECK(failure_of([&] { s->read(); }).code == storage_errc::io);
  CHECK(view->count(table::locks) == 1);
  CHECK(view->get(table::resources, "a"));
  view.reset();
  s->commit({later});
  CHECK(verify(*s).ok());
}

TEST_CASE("a disk that goes on failing goes on being reported") {
  temp_dir dir;
  healthy_disk after;
  auto s = open_lmdb(dir.path());
  sample::world w;
  s->commit({w.grant("a", "k")});
  auto later = w.release("a");
  for (int i = 0; i < 3; ++i) {
    failing_disk::set(failing_disk::head_writes::lost);
    CHECK(failure_of([&] { s->commit({later}); }).code == storage_errc::io);
  }
  s->commit({later});
  CHECK(s->last_seq() == 2);
}
