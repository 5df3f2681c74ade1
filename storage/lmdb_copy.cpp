#include "storage/lmdb_copy.hpp"

#include "storage/data_directory.hpp"
#include "storage/lmdb_env.hpp"
#include "storage/system_error.hpp"

#include <cerrno>

namespace holdfast::storage_impl {

namespace {

/// Pages of one commit are kept in memory until then.
constexpr std::size_t bytes_per_commit = std::size_t{16} << 20;
/// Address space; a file grows as far as it is used.
constexpr std::size_t map_bytes = std::size_t{1} << 40;
constexpr std::uint64_t rows_between_calls = 1024;

struct env_close {
  void operator()(MDB_env* env) const { mdb_env_close(env); }
};

class copier {
public:
  copier(const snapshot& from, const std::string& dest,
         const copy_progress& progress)
      : from_(from), dest_(dest), progress_(progress) {
    for (std::size_t i = 0; i < table_count; ++i)
      total_ += from_.count(static_cast<table>(i));
    MDB_env* env = nullptr;
    check(mdb_env_create(&env));
    env_.reset(env);
    check(mdb_env_set_maxdbs(env, table_count));
    check(mdb_env_set_mapsize(env, map_bytes));
    // Nobody else knows this file yet, and it is synced once, at the end.
    check(mdb_env_open(env, dest_.c_str(), MDB_NOSYNC | MDB_NOLOCK, 0640));
  }

  std::uint64_t run() {
    for (std::size_t i = 0; i < table_count; ++i)
      copy(static_cast<table>(i));
    check(mdb_env_sync(env_.get(), 1));
    env_.reset();
    if (!sync_path(dest_ + "/data.mdb") || !sync_path(dest_))
      check(errno);
    if (progress_)
      progress_(rows_, total_);
    return rows_;
  }

private:
  void begin() {
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_.get(), nullptr, 0, &txn));
    txn_.reset(txn);
    bytes_ = 0;
  }

  void copy(table t) {
    begin();
    std::string name{to_string(t)};
    MDB_dbi dbi = 0;
    check(mdb_dbi_open(txn_.get(), name.c_str(), MDB_CREATE, &dbi));
    from_.scan(t, {}, [&](std::string_view key, std::string_view value) {
      auto k = to_val(key);
      auto v = to_val(value);
      check(mdb_put(txn_.get(), dbi, &k, &v, MDB_APPEND));
      bytes_ += key.size() + value.size();
      if (bytes_ >= bytes_per_commit) {
        check(mdb_txn_commit(txn_.release()));
        begin();
      }
      if (++rows_ % rows_between_calls == 0 && progress_)
        progress_(rows_, total_);
      return true;
    });
    check(mdb_txn_commit(txn_.release()));
  }

  void check(int code) const {
    if (code != MDB_SUCCESS)
      throw lmdb_failure(code, "cannot write the copy of the store in", dest_);
  }

  const snapshot& from_;
  const std::string& dest_;
  const copy_progress& progress_;
  std::unique_ptr<MDB_env, env_close> env_;
  txn_ptr txn_; ///< ends before `env_`
  std::uint64_t total_ = 0;
  std::uint64_t rows_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace

std::uint64_t copy_rows(const snapshot& from, const std::string& dest,
                        const copy_progress& progress) {
  return copier{from, dest, progress}.run();
}

} // namespace holdfast::storage_impl
