// No room left: in the map, on the disk, within the limits of the process.
#include "sample.hpp"
#include "storage/verify.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

using namespace holdfast;
using sample::failure_of;
using sample::open_lmdb;
using sample::temp_dir;

namespace {

/// Grants and releases until the store refuses; its error.
storage_error fill(store& s, sample::world& w, std::size_t locks_per_commit) {
  for (int i = 0; i < 100'000; ++i) {
    std::vector<step> steps;
    auto name = [&](std::size_t k) {
      return std::to_string(i) + '-' + std::to_string(k);
    };
    for (std::size_t k = 0; k < locks_per_commit; ++k)
      steps.push_back(w.grant(name(k), "k"));
    for (std::size_t k = 0; k < locks_per_commit; ++k)
      steps.push_back(w.release(name(k)));
    auto seq = s.last_seq();
    auto id = s.last_id();
    auto e = failure_of([&] { s.commit(steps); });
    if (e.code == storage_errc{0xff})
      continue;
    CHECK(s.last_seq() == seq);
    CHECK(s.last_id() == id);
    return e;
  }
  return {storage_errc{0xff}, "it never became full"};
}

purge_request everything(const sample::world& w) {
  purge_request what;
  what.ended_before_ms = what.journal_before_ms = w.now_ms + 1;
  return what;
}

void purge_all(store& s, purge_request what) {
  while (true) {
    auto done = s.purge(what);
    if (!done.more)
      return;
    what.history_from = done.history_from;
    what.dead_letters_from = done.dead_letters_from;
  }
}

/// Fresh locks, whatever failed before.
void works_again(store& s) {
  sample::world w{s.tag()};
  while (w.last_id() < s.last_id())
    w.bury("x");
  for (int i = 0; i < 20; ++i) {
    auto name = "again" + std::to_string(i);
    s.commit({w.grant(name, "k"), w.release(name)});
  }
  s.probe();
  CHECK(verify(s).ok());
}

/// A small file system of its own on a directory, where that is permitted.
class small_disk {
public:
  explicit small_disk(const std::string& path) : path_(path) {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      return;
    mounted_ =
        mount("tmpfs", path.c_str(), "tmpfs", 0, "size=2m,mode=0700") == 0;
  }
  ~small_disk() {
    if (mounted_)
      umount2(path_.c_str(), MNT_DETACH);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

  explicit operator bool() const { return mounted_; }

private:
  std::string path_;
  bool mounted_ = false;
};

void skipped(const char* what) {
  MESSAGE(
      "SKIPPED, mounting a small file system is not permitted here: " << what);
}

/// Takes up so many bytes of the file system that `name` is on; fewer when
/// there is less room.
void ballast(const std::string& name, std::size_t bytes) {
  std::ofstream file{name, std::ios::binary};
  std::string block(4096, 'b');
  for (std::size_t i = 0; i < bytes && file.write(block.data(), 4096);
       i += 4096)
    file.flush();
}

} // namespace

TEST_CASE("a full map is told, a purge makes room, and service resumes") {
  for (auto map_bytes : {sample::mib, 8 * sample::mib}) {
    for (std::size_t locks_per_commit : {1, 10, 50}) {
      if (map_bytes > sample::mib && locks_per_commit < 50)
        continue; // takes thousands of commits
      INFO(locks_per_commit << " locks per commit, map of " << map_bytes);
      temp_dir dir;
      auto s = open_lmdb(dir.path(), map_bytes);
      sample::world w;
      auto e = fill(*s, w, locks_per_commit);
      CHECK(e.code == storage_errc::full);
      CHECK(std::string{e.what()}.find("map_size_gib") != std::string::npos);
      CHECK(std::string{e.what()}.find(dir.path()) != std::string::npos);
      CHECK(verify(*s).ok());
      CHECK(s->usage().used_bytes * 10 > map_bytes * 7);
      purge_all(*s, everything(w));
      CHECK(s->read()->count(table::history) == 0);
      works_again(*s);
      CHECK(s->usage().used_bytes < map_bytes / 4);
    }
  }
}

TEST_CASE("when the map is full, erasing commits still pass") {
  temp_dir dir;
  auto s = open_lmdb(dir.path(), sample::mib);
  sample::world w;
  CHECK(fill(*s, w, 1).code == storage_errc::full);
  while (s->read()->count(table::history) > 0) {
    std::vector<holdfast::write> erasures;
    s->read()->scan(table::history, {}, [&](auto key, auto value) {
      auto resource = std::string{lock_resource(value)};
      erasures.push_back(sample::gone(table::history, std::string{key}));
      erasures.push_back(
          sample::gone(table::outcomes, sample::sha256_key(resource, "k")));
      return erasures.size() < 4;
    });
    s->commit({sample::plain(erasures)});
  }
  works_again(*s);
}

TEST_CASE("a probe fails while ordinary commits would") {
  temp_dir dir;
  auto s = open_lmdb(dir.path(), sample::mib);
  sample::world w;
  s->probe();
  while (failure_of([&] { s->commit({w.bury("x")}); }).code !=
         storage_errc::full) {
  }
  CHECK(failure_of([&] { s->probe(); }).code == storage_errc::full);
  auto what = everything(w);
  what.dead_before_ms = w.now_ms + 1;
  purge_all(*s, what);
  s->probe();
}

TEST_CASE("a map smaller than what is stored takes what erases, no more") {
  temp_dir dir;
  sample::world w;
  CHECK(fill(*open_lmdb(dir.path(), 2 * sample::mib), w, 10).code ==
        storage_errc::full);
  auto s = open_lmdb(dir.path(), sample::mib);
  auto room = s->usage();
  CHECK(room.used_bytes <= room.limit_bytes);
  CHECK(room.used_bytes * 8 > room.limit_bytes * 7);
  auto big = std::string(5'000, 'x');
  CHECK(failure_of([&] {
          s->commit({sample::plain({sample::put(table::meta, "x", big)})});
        }).code == storage_errc::full);
  auto oldest = std::string{};
  s->read()->scan(table::history, {}, [&](auto key, auto) {
    oldest = key;
    return false;
  });
  s->commit({sample::plain({sample::gone(table::history, oldest)})});
  CHECK_FALSE(s->read()->get(table::history, oldest));
}

TEST_CASE("a larger map makes room, too") {
  temp_dir dir;
  sample::world w;
  CHECK(fill(*open_lmdb(dir.path(), sample::mib), w, 1).code ==
        storage_errc::full);
  auto s = open_lmdb(dir.path(), 2 * sample::mib);
  CHECK(s->usage().limit_bytes == 2 * sample::mib);
  works_again(*s);
}

TEST_CASE("a full disk is told, and service resumes when there is room") {
  temp_dir dir;
  small_disk disk{dir.path()};
  if (!disk)
    return skipped("a full disk");
  auto s = open_lmdb(dir.file("store"));
  sample::world w;
  // Every few pages a commit ends halfway in one of its longer writes.
  for (std::size_t pages = 260; pages > 250; --pages) {
    ballast(dir.file("ballast"), pages * 4096);
    auto e = fill(*s, w, 50);
    std::string text = e.what();
    INFO(text);
    CHECK(e.code == storage_errc::disk_full);
    CHECK(text.find(dir.file("store")) != std::string::npos);
    CHECK(verify(*s).ok());
    CHECK(failure_of([&] { s->copy_to(dir.file("copy")); }).code ==
          storage_errc::disk_full);
    CHECK_FALSE(std::filesystem::exists(dir.file("copy/data.mdb")));
    std::filesystem::remove(dir.file("ballast"));
    s->probe();
    purge_all(*s, everything(w));
  }
  works_again(*s);
  s.reset();
  works_again(*open_lmdb(dir.file("store")));
}

TEST_CASE("a store can be reopened on a full disk, and read") {
  temp_dir dir;
  small_disk disk{dir.path()};
  if (!disk)
    return skipped("reopening on a full disk");
  sample::world w;
  auto seq = std::uint64_t{0};
  {
    auto s = open_lmdb(dir.file("store"));
    CHECK(fill(*s, w, 10).code == storage_errc::disk_full);
    seq = s->last_seq();
  }
  ballast(dir.file("ballast"), 4'000'000);
  auto s = open_lmdb(dir.file("store"));
  CHECK(s->last_seq() == seq);
  CHECK(verify(*s).ok());
}

TEST_CASE("a store that could not be made for want of room is made later") {
  temp_dir dir;
  small_disk disk{dir.path()};
  if (!disk)
    return skipped("making a store on a full disk");
  // Every amount of room up to what it takes.
  bool made = false;
  for (std::size_t room = 0; !made && room < 60; room += 2) {
    INFO("with room for " << room << " pages");
    ballast(dir.file("room"), room * 4096);
    ballast(dir.file("ballast"), 4'000'000);
    std::filesystem::remove(dir.file("room"));
    auto e = failure_of([&] { open_lmdb(dir.file("store")); });
    made = e.code == storage_errc{0xff};
    if (!made)
      CHECK(e.code == storage_errc::disk_full);
    std::filesystem::remove(dir.file("ballast"));
  }
  CHECK(made);
  works_again(*open_lmdb(dir.file("store")));
}

TEST_CASE("the limit on the size of files is told, and can be raised") {
  temp_dir dir;
  auto s = open_lmdb(dir.path());
  sample::world w;
  s->commit({w.grant("a")});
  rlimit before;
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  auto lowered = before;
  lowered.rlim_cur = 300'000; // not a whole page: writes end halfway
  REQUIRE(setrlimit(RLIMIT_FSIZE, &lowered) == 0);
  auto e = fill(*s, w, 10);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  std::string text = e.what();
  INFO(text);
  CHECK(e.code == storage_errc::disk_full);
  CHECK(verify(*s).ok());
  works_again(*s);
}
