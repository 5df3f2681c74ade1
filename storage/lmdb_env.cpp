// Opening LMDB: refusing what is damaged or foreign before it is read.
// Must not know CAF, steps or records.
#include "storage/lmdb_env.hpp"

#include "storage/store_rules.hpp"
#include "storage/system_error.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace holdfast::storage_impl {

namespace {

constexpr auto reading = "cannot read the store in data directory";
constexpr unsigned readers_max = 1024;
constexpr std::uint64_t map_pages_min = 128;

std::uint64_t rounded_to_pages(std::uint64_t bytes) {
  auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return std::max((bytes + page - 1) / page, map_pages_min) * page;
}

/// LMDB writes its reader table through a mapping. On a full disk that would
/// end the process, so the room is taken beforehand.
void reserve_reader_table(const data_directory& dir) {
  constexpr off_t reader_bytes = 64;
  auto fd =
      open(dir.file("lock.mdb").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0)
    dir.fail("cannot open lock.mdb in data directory");
  auto why = posix_fallocate(fd, 0, reader_bytes * (readers_max + 2));
  close(fd);
  if (why != 0)
    throw system_failure(why, "cannot open lock.mdb in data directory",
                         dir.path());
}

/// A lost or emptied file must not look like a new store: the locks in it
/// would be granted again.
void refuse_lost_file(const data_directory& dir) {
  if (dir.initialised() && file_size(dir.file("data.mdb")) <= 0)
    throw storage_error(storage_errc::corrupt,
                        "data directory " + dir.path() +
                            ": data.mdb is missing or empty, although a store "
                            "was created here; restore the directory from a "
                            "backup, or remove LOCK to begin anew");
}

} // namespace

lmdb_env::lmdb_env(std::shared_ptr<data_directory> dir,
                   const lmdb_options& options)
    : dir_(std::move(dir)) {
  refuse_lost_file(*dir_);
  auto fresh = file_size(dir_->file("data.mdb")) <= 0;
  try {
    open_file(options);
    MDB_stat stat;
    check(mdb_env_stat(env_, &stat), "cannot open the store in");
    if (stat.ms_entries == 0 && !dir_->initialised())
      make_tables(options.tag);
    else
      open_tables();
    dir_->sync();
    dir_->mark_initialised();
  } catch (...) {
    if (env_)
      mdb_env_close(env_);
    // Half a head would be taken for a damaged store the next time.
    if (fresh)
      unlink(dir_->file("data.mdb").c_str());
    throw;
  }
}

lmdb_env::lmdb_env(const std::string& directory)
    : dir_(std::make_shared<data_directory>(directory,
                                            data_directory::look_only{})),
      foreign_writer_(true) {
  if (file_size(dir_->file("data.mdb")) <= 0)
    throw storage_error(storage_errc::corrupt,
                        "there is no store in directory " + directory +
                            ": data.mdb is missing or empty");
  try {
    open_to_read();
    open_tables();
  } catch (...) {
    if (env_)
      mdb_env_close(env_);
    throw;
  }
}

lmdb_env::~lmdb_env() {
  for (auto* txn : idle_readers_)
    mdb_txn_abort(txn);
  mdb_env_close(env_);
}

void lmdb_env::open_file(const lmdb_options& options) {
  reserve_reader_table(*dir_);
  const auto* doing = "cannot open the store in data directory";
  check(mdb_env_create(&env_), doing);
  check(mdb_env_set_maxdbs(env_, table_count), doing);
  check(mdb_env_set_maxreaders(env_, readers_max), doing);
  check(mdb_env_set_mapsize(env_, rounded_to_pages(options.map_bytes)), doing);
  check(mdb_env_open(env_, dir_->path().c_str(), MDB_NOTLS, 0640), doing);
  MDB_envinfo info;
  MDB_stat stat;
  check(mdb_env_info(env_, &info), doing);
  check(mdb_env_stat(env_, &stat), doing);
  map_bytes_ = info.me_mapsize;
  page_bytes_ = stat.ms_psize;
  check_length();
}

void lmdb_env::open_to_read() {
  const auto* doing = "cannot read the store in directory";
  if (access(dir_->file("lock.mdb").c_str(), F_OK) != 0 && errno == ENOENT &&
      access(dir_->path().c_str(), W_OK) == 0)
    reserve_reader_table(*dir_);
  check(mdb_env_create(&env_), doing);
  check(mdb_env_set_maxdbs(env_, table_count), doing);
  check(mdb_env_set_maxreaders(env_, readers_max), doing);
  check(mdb_env_open(env_, dir_->path().c_str(), MDB_NOTLS | MDB_RDONLY, 0640),
        doing);
  MDB_envinfo info;
  MDB_stat stat;
  check(mdb_env_info(env_, &info), doing);
  check(mdb_env_stat(env_, &stat), doing);
  map_bytes_ = info.me_mapsize;
  page_bytes_ = stat.ms_psize;
  auto size = static_cast<std::uint64_t>(file_size(dir_->file("data.mdb")));
  // The engine that writes has looked at the length when it started.
  if (size < (info.me_last_pgno + 1) * page_bytes_ && !dir_->in_use())
    check_length();
}

/// LMDB trusts the file's length; reading past its end would end the process.
void lmdb_env::check_length() {
  MDB_envinfo info;
  check(mdb_env_info(env_, &info), "cannot open the store in data directory");
  auto name = dir_->file("data.mdb");
  auto size = static_cast<std::uint64_t>(file_size(name));
  auto claimed = (info.me_last_pgno + 1) * page_bytes_;
  if (size >= claimed)
    return;
  if (truncate(name.c_str(), static_cast<off_t>(claimed)) != 0)
    dir_->fail("cannot lengthen data.mdb in data directory");
  if (missing_pages_are_free(*this, size / page_bytes_, info.me_last_pgno))
    return;
  if (truncate(name.c_str(), static_cast<off_t>(size)) != 0)
    dir_->fail("cannot put back the length of data.mdb in data directory");
  throw storage_error(
      storage_errc::corrupt,
      "data directory " + dir_->path() + ": data.mdb is truncated: it has " +
          std::to_string(size) + " bytes and refers to " +
          std::to_string(claimed) + "; restore the directory from a backup");
}

void lmdb_env::open_table(MDB_txn* txn, table t, unsigned flags) {
  std::string name{to_string(t)};
  auto code = mdb_dbi_open(txn, name.c_str(), flags,
                           &dbis_[static_cast<std::size_t>(t)]);
  if (code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE)
    throw storage_error(storage_errc::corrupt,
                        "data directory " + dir_->path() +
                            ": data.mdb is not a Holdfast store, for it has no "
                            "table " +
                            name +
                            "; use another directory, or restore it from a "
                            "backup");
  check(code, "cannot open table " + name + " in data directory");
}

void lmdb_env::make_tables(std::uint32_t tag) {
  const auto* doing = "cannot make the tables in data directory";
  MDB_txn* txn = nullptr;
  check(mdb_txn_begin(env_, nullptr, 0, &txn), doing);
  txn_ptr owner{txn};
  for (std::size_t i = 0; i < table_count; ++i)
    open_table(txn, static_cast<table>(i), MDB_CREATE);
  auto put = [&](std::string_view name, const std::string& bytes) {
    auto key = to_val(name);
    auto value = to_val(bytes);
    check(mdb_put(txn, dbi(table::meta), &key, &value, 0), doing);
  };
  put(meta_format, encode_u32(store_format));
  put(meta_tag, encode_u32(tag != 0 ? tag : random_tag()));
  put(meta_last_id, encode_u64(0));
  check(mdb_txn_commit(owner.release()), doing);
}

/// The format is checked first: a newer one may have other tables.
void lmdb_env::open_tables() {
  const auto* doing = "cannot open the tables in data directory";
  auto* txn = begin_reading();
  txn_ptr owner{txn};
  open_table(txn, table::meta, 0);
  auto found = check_format(txn);
  if (found < store_format && foreign_writer_)
    throw storage_error(storage_errc::corrupt,
                        "data directory " + dir_->path() +
                            " has store format " + std::to_string(found) +
                            "; start a node on it once, which brings it up to "
                            "date");
  if (found < store_format) {
    // Tables are opened for good by the transaction that commits.
    check(mdb_txn_commit(owner.release()), doing);
    return upgrade_tables();
  }
  for (std::size_t i = 0; i < table_count; ++i)
    open_table(txn, static_cast<table>(i), 0);
  check(mdb_txn_commit(owner.release()), doing);
}

/// From formats 1 and 2: tables that are new are empty, the records are read as
/// they are.
void lmdb_env::upgrade_tables() {
  const auto* doing = "cannot bring the data directory up to date";
  MDB_txn* txn = nullptr;
  check(mdb_txn_begin(env_, nullptr, 0, &txn), doing);
  txn_ptr owner{txn};
  for (std::size_t i = 0; i < table_count; ++i) {
    auto is_new = i >= static_cast<std::size_t>(table::beside);
    open_table(txn, static_cast<table>(i), is_new ? MDB_CREATE : 0);
  }
  auto key = to_val(meta_format);
  auto bytes = encode_u32(store_format);
  auto value = to_val(bytes);
  check(mdb_put(txn, dbi(table::meta), &key, &value, 0), doing);
  check(mdb_txn_commit(owner.release()), doing);
}

std::uint32_t lmdb_env::check_format(MDB_txn* txn) {
  auto key = to_val(meta_format);
  MDB_val value;
  check(mdb_get(txn, dbi(table::meta), &key, &value),
        "cannot read the format of the store in data directory");
  auto found = decode_u32(to_view(value), meta_format);
  if (found >= 1 && found <= store_format)
    return found;
  auto text = "data directory " + dir_->path() + " has store format " +
              std::to_string(found) +
              ", but this program knows formats up to " +
              std::to_string(store_format);
  if (found > store_format)
    throw storage_error(storage_errc::newer_format,
                        text + "; use the newer version that wrote it");
  throw storage_error(storage_errc::corrupt,
                      text + "; restore the directory from a backup");
}

MDB_txn* lmdb_env::begin_reading() {
  auto begin = [this] {
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), reading);
    return txn_ptr{txn};
  };
  auto found = begin();
  if (!foreign_writer_)
    return found.release();
  // What `commit` rules out in one process (see there) is looked for in two.
  // The head of a commit is written over by the second next one, which does
  // not begin before the next one has been published. So when a transaction
  // that starts afterwards is told of the same commit, the head that the first
  // one copied was whole.
  for (auto tries = 0; tries < 10'000; ++tries) {
    auto later = begin();
    if (mdb_txn_id(later.get()) == mdb_txn_id(found.get()))
      return found.release();
    found = std::move(later);
  }
  throw storage_error(storage_errc::io, std::string{reading} + ' ' +
                                            dir_->path() +
                                            ": commits come too fast; try "
                                            "again");
}

MDB_txn* lmdb_env::start_reading() {
  std::lock_guard guard{readers_mutex_};
  if (idle_readers_.empty() || foreign_writer_)
    return begin_reading();
  auto* txn = idle_readers_.back();
  idle_readers_.pop_back();
  if (auto code = mdb_txn_renew(txn); code != MDB_SUCCESS) {
    mdb_txn_abort(txn);
    fail(code, reading);
  }
  return txn;
}

void lmdb_env::forget_dead_readers() {
  int dead = 0;
  check(mdb_reader_check(env_, &dead), reading);
}

int lmdb_env::commit(MDB_txn* txn) {
  { std::lock_guard guard{readers_mutex_}; }
  return mdb_txn_commit(txn);
}

void lmdb_env::stop_reading(MDB_txn* txn) noexcept {
  if (foreign_writer_)
    return mdb_txn_abort(txn); // `start_reading` takes fresh ones
  mdb_txn_reset(txn);
  std::lock_guard guard{readers_mutex_};
  idle_readers_.push_back(txn);
}

std::uint64_t lmdb_env::used_bytes(MDB_txn* txn) const {
  // The two heads, the list of free pages (0), the list of tables (1).
  std::uint64_t pages = 2;
  auto add = [&](MDB_dbi dbi) {
    MDB_stat stat;
    check(mdb_stat(txn, dbi, &stat), "cannot measure the store in");
    pages += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
  };
  add(0);
  add(1);
  for (auto x : dbis_)
    add(x);
  return pages * page_bytes_;
}

void lmdb_env::fail(int code, std::string_view doing) const {
  if (code == MDB_PANIC)
    throw env_panicked{};
  throw lmdb_failure(code, std::string{doing}, dir_->path());
}

bool missing_pages_are_free(const lmdb_env& env, std::uint64_t first_missing,
                            std::uint64_t last) {
  const auto* doing = "cannot read the free pages of data directory";
  MDB_txn* txn = nullptr;
  env.check(mdb_txn_begin(env.handle(), nullptr, MDB_RDONLY, &txn), doing);
  txn_ptr owner{txn};
  MDB_cursor* raw = nullptr;
  env.check(mdb_cursor_open(txn, 0, &raw), doing);
  cursor_ptr cursor{raw};
  MDB_val key;
  MDB_val value;
  std::uint64_t found = 0;
  int code;
  while ((code = mdb_cursor_get(raw, &key, &value, MDB_NEXT)) == MDB_SUCCESS) {
    // A list of page numbers, each a size_t, its length first.
    const auto* pages = static_cast<const std::size_t*>(value.mv_data);
    auto listed = value.mv_size / sizeof(std::size_t);
    if (listed == 0)
      return false;
    for (std::size_t i = 1; i <= std::min(pages[0], listed - 1); ++i)
      found += pages[i] >= first_missing && pages[i] <= last;
  }
  return code == MDB_NOTFOUND && found == last - first_missing + 1;
}

} // namespace holdfast::storage_impl
