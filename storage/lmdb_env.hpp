// One open LMDB environment with its tables, its readers and its directory.
// Must not know CAF, steps or records.
#pragma once

#include "storage/data_directory.hpp"
#include "storage/lmdb_store.hpp"
#include "storage/store.hpp"

#include <lmdb.h>

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::storage_impl {

inline MDB_val to_val(std::string_view x) {
  return {x.size(), const_cast<char*>(x.data())};
}

inline std::string_view to_view(const MDB_val& x) {
  return {static_cast<const char*>(x.mv_data), x.mv_size};
}

/// A write to the file's head failed: LMDB refuses everything until the
/// environment is closed and opened again.
struct env_panicked {};

/// Opens the file, makes the tables, refuses what is no store of ours.
/// Thread-safe but for write transactions, which belong to one thread.
class lmdb_env {
public:
  /// @throws storage_error
  lmdb_env(std::shared_ptr<data_directory> dir, const lmdb_options& options);

  /// Only reads, also while another process writes.
  /// @throws storage_error
  explicit lmdb_env(const std::string& directory);

  ~lmdb_env();

  lmdb_env(const lmdb_env&) = delete;
  lmdb_env& operator=(const lmdb_env&) = delete;

  MDB_env* handle() const { return env_; }
  MDB_dbi dbi(table t) const { return dbis_[static_cast<std::size_t>(t)]; }
  const data_directory& dir() const { return *dir_; }

  /// A read transaction on the newest commit; to be handed back. Used again
  /// and again, since a new one costs much more.
  /// @throws storage_error, env_panicked
  MDB_txn* start_reading();
  void stop_reading(MDB_txn* txn) noexcept;

  /// Frees the rows of processes that died while they were reading: they would
  /// keep old pages for ever.
  void forget_dead_readers();

  /// Commits a write transaction; answers LMDB's code.
  ///
  /// A transaction that starts to read notes the newest commit and then copies
  /// its head. LMDB keeps two heads and writes the second next commit over the
  /// one being copied: a reader that the system stops in between would see a
  /// commit that is not durable yet, or half of it. So a commit first waits for
  /// the readers that are starting; then at most one can pass them.
  int commit(MDB_txn* txn);

  /// Bytes of all pages in use as `txn` sees them.
  std::uint64_t used_bytes(MDB_txn* txn) const;
  std::uint64_t map_bytes() const { return map_bytes_; }

  /// @throws storage_error for a return code of LMDB, env_panicked.
  [[noreturn]] void fail(int code, std::string_view doing) const;
  void check(int code, std::string_view doing) const {
    if (code != MDB_SUCCESS)
      fail(code, doing);
  }

private:
  void open_file(const lmdb_options& options);
  void open_to_read();
  void check_length();
  MDB_txn* begin_reading();
  void open_table(MDB_txn* txn, table t, unsigned flags);
  void make_tables(std::uint32_t tag);
  void open_tables();
  std::uint32_t check_format(MDB_txn* txn);
  void upgrade_tables();

  std::shared_ptr<data_directory> dir_;
  MDB_env* env_ = nullptr;
  std::array<MDB_dbi, table_count> dbis_{};
  bool foreign_writer_ = false; ///< `commit` is called in another process
  std::uint64_t page_bytes_ = 0;
  std::uint64_t map_bytes_ = 0;
  std::mutex readers_mutex_;
  std::vector<MDB_txn*> idle_readers_;
};

/// Ends a transaction that was not committed.
struct txn_abort {
  void operator()(MDB_txn* txn) const { mdb_txn_abort(txn); }
};
using txn_ptr = std::unique_ptr<MDB_txn, txn_abort>;

struct cursor_close {
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using cursor_ptr = std::unique_ptr<MDB_cursor, cursor_close>;

/// True when every page that the file's head counts, but the file does not
/// contain, is a free one. LMDB leaves such pages out at the file's end.
/// The file must have been lengthened before.
/// @throws storage_error
bool missing_pages_are_free(const lmdb_env& env, std::uint64_t first_missing,
                            std::uint64_t last);

} // namespace holdfast::storage_impl
