// Opening a directory: what is refused, and with which words.
#include "sample.hpp"
#include "storage/store_rules.hpp"
#include "storage/verify.hpp"

#include <doctest/doctest.h>
#include <lmdb.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace holdfast;
using sample::failure_of;
using sample::open_lmdb;
using sample::plain;
using sample::put;
using sample::temp_dir;

namespace fs = std::filesystem;

namespace {

bool mentions(const storage_error& e, const std::string& text) {
  return std::string{e.what()}.find(text) != std::string::npos;
}

/// The error of opening `dir`, which must name the directory.
storage_error refusal(const std::string& dir) {
  auto e = failure_of([&] { open_lmdb(dir); });
  std::string text = e.what();
  INFO(text);
  CHECK(mentions(e, dir));
  return e;
}

/// A closed store with `locks` locks, of which half have ended.
void fill(const std::string& dir, int locks) {
  auto s = open_lmdb(dir);
  sample::world w;
  for (int i = 0; i < locks; ++i) {
    auto name = "r" + std::to_string(i);
    s->commit({w.grant(name, "k")});
    if (i % 2 == 0)
      s->commit({w.release(name)});
  }
}

void write_file(const std::string& name, const std::string& bytes) {
  std::ofstream{name, std::ios::binary} << bytes;
}

} // namespace

TEST_CASE("a directory is made when absent, parents included") {
  temp_dir dir;
  auto s = open_lmdb(dir.file("a/b"));
  s->probe();
  CHECK(fs::exists(dir.file("a/b/data.mdb")));
}

TEST_CASE("a store reopened has its rows, counters and tag") {
  temp_dir dir;
  sample::world w;
  std::vector<std::string> locks;
  {
    auto s = open_lmdb_store({dir.path(), sample::mib, 77});
    sample::world tagged{77};
    s->commit({tagged.grant("a", "k"), tagged.enqueue("a"), tagged.grant("b")});
    locks = sample::rows_of(*s, table::locks);
    w = tagged;
  }
  auto s = open_lmdb_store({dir.path(), sample::mib, 0});
  CHECK(s->tag() == 77);
  CHECK(s->last_id() == w.last_id());
  CHECK(s->last_seq() == 3);
  CHECK(sample::rows_of(*s, table::locks) == locks);
  s->commit({w.release("b")});
  CHECK(s->last_seq() == 4);
  CHECK(verify(*s).ok());
}

TEST_CASE("stores made without a tag differ in theirs") {
  temp_dir dir;
  auto one = open_lmdb_store({dir.file("1"), sample::mib, 0})->tag();
  auto two = open_lmdb_store({dir.file("2"), sample::mib, 0})->tag();
  CHECK(one != 0);
  CHECK(two != 0);
  CHECK(one != two);
}

TEST_CASE("a second engine in this process is refused") {
  temp_dir dir;
  auto s = open_lmdb(dir.path());
  CHECK(refusal(dir.path()).code == storage_errc::locked);
  s->probe();
  s.reset();
  open_lmdb(dir.path())->probe();
}

TEST_CASE("a second process is refused, and served once the first is gone") {
  temp_dir dir;
  int ready[2];
  int leave[2];
  REQUIRE(pipe(ready) == 0);
  REQUIRE(pipe(leave) == 0);
  auto child = fork();
  if (child == 0) {
    [[maybe_unused]] const auto open = open_lmdb(dir.path());
    char byte = 'x';
    if (::write(ready[1], &byte, 1) == 1 && ::read(leave[0], &byte, 1) == 1)
      _exit(0);
    _exit(1);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  auto e = refusal(dir.path());
  CHECK(e.code == storage_errc::locked);
  CHECK(mentions(e, "another engine or process"));
  REQUIRE(::write(leave[1], &byte, 1) == 1);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  open_lmdb(dir.path())->probe();
  for (auto fd : {ready[0], ready[1], leave[0], leave[1]})
    close(fd);
}

TEST_CASE("a store of a newer format is refused with both versions") {
  temp_dir dir;
  open_lmdb(dir.path())
      ->commit({plain({put(table::meta, "format", {"\x09\0\0\0", 4})})});
  auto e = refusal(dir.path());
  CHECK(e.code == storage_errc::newer_format);
  CHECK(mentions(e, "format 9"));
  CHECK(mentions(e, "formats up to 3"));
}

TEST_CASE("a store of format 1 is brought up to date, once and for all") {
  temp_dir dir;
  auto key = number_key(7);
  {
    auto db = open_lmdb(dir.path());
    db->commit({plain({put(table::dead_letters, key, "x"),
                       put(table::meta, "format", {"\x01\0\0\0", 4})})});
  }
  for (int i = 0; i < 2; ++i) {
    auto db = open_lmdb(dir.path());
    CHECK(db->read()->get(table::meta, "format") ==
          std::string_view{"\x03\0\0\0", 4});
    CHECK(db->read()->get(table::dead_letters, key) == "x");
    CHECK(db->read()->count(table::trades) == 0);
  }
}

TEST_CASE("a store whose counters are damaged is refused") {
  for (const std::string name : {"format", "store_tag", "last_id"}) {
    temp_dir dir;
    open_lmdb(dir.path())->commit({plain({put(table::meta, name, "x")})});
    auto e = failure_of([&] { open_lmdb(dir.path()); });
    CHECK(e.code == storage_errc::corrupt);
    CHECK(mentions(e, name));
  }
}

TEST_CASE("a truncated file is refused wherever it was cut") {
  temp_dir dir;
  fill(dir.path(), 100);
  // So that the last pages are in use.
  open_lmdb(dir.path())
      ->commit({plain({put(table::meta, "big", std::string(200'000, 'x'))})});
  auto name = dir.file("data.mdb");
  auto whole = fs::file_size(name);
  REQUIRE(whole > 40 * 4096);
  fs::copy_file(name, dir.file("whole"));
  for (auto size :
       {whole - 1, whole - 4096, whole / 2, whole / 2 + 17,
        std::uintmax_t{3 * 4096}, std::uintmax_t{2 * 4096},
        std::uintmax_t{4096}, std::uintmax_t{100}, std::uintmax_t{0}}) {
    INFO("cut to " << size << " of " << whole);
    fs::copy_file(dir.file("whole"), name,
                  fs::copy_options::overwrite_existing);
    fs::resize_file(name, size);
    auto e = refusal(dir.path());
    CHECK(e.code == storage_errc::corrupt);
    CHECK(mentions(e, "data.mdb"));
    CHECK(mentions(e, "backup"));
    CHECK(fs::file_size(name) == size);
  }
  fs::copy_file(dir.file("whole"), name, fs::copy_options::overwrite_existing);
  CHECK(verify(*open_lmdb(dir.path())).ok());
}

TEST_CASE("a file without its free last pages is whole") {
  // LMDB does not write free pages, so its file may end before them.
  temp_dir dir;
  fill(dir.path(), 50);
  auto name = dir.file("data.mdb");
  {
    auto s = open_lmdb(dir.path());
    s->commit({plain({put(table::meta, "big", std::string(400'000, 'x'))})});
    s->commit({plain({sample::gone(table::meta, "big")})});
  }
  auto size = fs::file_size(name);
  fs::resize_file(name, size - 20 * 4096);
  {
    auto s = open_lmdb(dir.path());
    CHECK(verify(*s).ok());
    s->commit({plain({put(table::meta, "big", std::string(400'000, 'y'))})});
    s->commit({plain({put(table::meta, "big2", std::string(400'000, 'z'))})});
  }
  CHECK(verify(*open_lmdb(dir.path())).ok());
  fs::resize_file(name, fs::file_size(name) - 20 * 4096);
  CHECK(refusal(dir.path()).code == storage_errc::corrupt);
}

TEST_CASE("a lost file is not taken for a new store") {
  temp_dir dir;
  fill(dir.path(), 1);
  fs::remove(dir.file("data.mdb"));
  auto e = refusal(dir.path());
  CHECK(e.code == storage_errc::corrupt);
  CHECK(mentions(e, "missing"));
  CHECK_FALSE(fs::exists(dir.file("data.mdb")));
  fs::remove(dir.file("LOCK"));
  CHECK(open_lmdb(dir.path())->last_id() == 0);
}

TEST_CASE("a file that is no store is refused and left alone") {
  for (auto size : {1, 100, 4096, 50'000}) {
    temp_dir dir;
    std::string garbage;
    for (int i = 0; i < size; ++i)
      garbage += static_cast<char>(i * 7 + i / 256);
    write_file(dir.file("data.mdb"), garbage);
    auto e = refusal(dir.path());
    CHECK(e.code == storage_errc::corrupt);
    CHECK(mentions(e, "data.mdb"));
    CHECK(fs::file_size(dir.file("data.mdb")) ==
          static_cast<std::uintmax_t>(size));
  }
}

TEST_CASE("a directory in the place of the file is refused") {
  temp_dir dir;
  fs::create_directory(dir.file("data.mdb"));
  CHECK(refusal(dir.path()).code == storage_errc::corrupt);
}

TEST_CASE("an LMDB file of another program is refused") {
  temp_dir dir;
  MDB_env* env = nullptr;
  REQUIRE(mdb_env_create(&env) == 0);
  REQUIRE(mdb_env_open(env, dir.path().c_str(), 0, 0600) == 0);
  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;
  REQUIRE(mdb_txn_begin(env, nullptr, 0, &txn) == 0);
  REQUIRE(mdb_dbi_open(txn, nullptr, 0, &dbi) == 0);
  std::string text = "meta";
  MDB_val bytes{text.size(), text.data()};
  REQUIRE(mdb_put(txn, dbi, &bytes, &bytes, 0) == 0);
  REQUIRE(mdb_txn_commit(txn) == 0);
  mdb_env_close(env);
  auto e = refusal(dir.path());
  CHECK(e.code == storage_errc::corrupt);
  CHECK(mentions(e, "not a Holdfast store"));
}

TEST_CASE("a directory that cannot be written is refused") {
  temp_dir dir;
  auto target = dir.file("data");
  REQUIRE(mkdir(target.c_str(), 0555) == 0);
  REQUIRE(chmod(dir.path().c_str(), 0755) == 0);
  // The superuser may write everywhere, so somebody else tries.
  auto child = fork();
  if (child == 0) {
    constexpr uid_t nobody = 65534;
    if (geteuid() == 0 && setuid(nobody) != 0)
      _exit(2);
    auto e = failure_of([&] { open_lmdb(target); });
    auto good = e.code == storage_errc::io && mentions(e, target) &&
                mentions(e, "writable");
    _exit(good ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a path that is a file is refused") {
  temp_dir dir;
  write_file(dir.file("data"), "x");
  CHECK(refusal(dir.file("data")).code == storage_errc::io);
}

TEST_CASE("a copy holds what was committed when it was made") {
  temp_dir dir;
  auto s = open_lmdb(dir.file("store"));
  sample::world w;
  s->commit({w.grant("a", "k"), w.enqueue("a"), w.grant("b")});
  s->copy_to(dir.file("copy"));
  auto locks = sample::rows_of(*s, table::locks);
  s->commit({w.release("a")});
  auto copy = open_lmdb(dir.file("copy"));
  CHECK(copy->last_seq() == 3);
  CHECK(copy->tag() == s->tag());
  CHECK(sample::rows_of(*copy, table::locks) == locks);
  CHECK(verify(*copy).ok());
  CHECK(verify(*s).ok());
}

TEST_CASE("a copy is not made into a directory that holds something") {
  temp_dir dir;
  auto s = open_lmdb(dir.file("store"));
  fs::create_directory(dir.file("copy"));
  write_file(dir.file("copy/mine"), "x");
  auto e = failure_of([&] { s->copy_to(dir.file("copy")); });
  CHECK(e.code == storage_errc::io);
  CHECK(mentions(e, dir.file("copy")));
  CHECK(mentions(e, "not empty"));
  fs::remove(dir.file("copy/mine"));
  s->copy_to(dir.file("copy"));
  CHECK(failure_of([&] { s->copy_to(dir.file("copy")); }).code ==
        storage_errc::io);
}
