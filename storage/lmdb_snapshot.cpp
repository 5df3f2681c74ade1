// Reading beside the writer.
// Must not know CAF or records.
#include "storage/lmdb_snapshot.hpp"

namespace holdfast::storage_impl {

namespace {

const char* const cannot_read = "cannot read the store in data directory";

class lmdb_snapshot : public snapshot {
public:
  explicit lmdb_snapshot(std::shared_ptr<lmdb_env> env)
      : env_(std::move(env)), txn_(env_->start_reading()) {}

  ~lmdb_snapshot() override { env_->stop_reading(txn_); }

  std::optional<std::string_view> get(table t,
                                      std::string_view key) const override {
    if (key.empty())
      return std::nullopt;
    auto k = to_val(key);
    MDB_val value;
    auto code = mdb_get(txn_, env_->dbi(t), &k, &value);
    if (code == MDB_NOTFOUND)
      return std::nullopt;
    env_->check(code, cannot_read);
    return to_view(value);
  }

  void scan(table t, std::string_view from, const row_fn& row) const override {
    auto cursor = open(t);
    auto key = to_val(from);
    walk(cursor.get(), key, from.empty() ? MDB_FIRST : MDB_SET_RANGE, MDB_NEXT,
         row);
  }

  void scan_back(table t, std::string_view before,
                 const row_fn& row) const override {
    auto cursor = open(t);
    auto first = MDB_LAST;
    auto key = to_val(before);
    MDB_val value;
    if (!before.empty()) {
      auto code = mdb_cursor_get(cursor.get(), &key, &value, MDB_SET_RANGE);
      if (code == MDB_SUCCESS)
        first = MDB_PREV;
      else if (code != MDB_NOTFOUND)
        env_->fail(code, cannot_read);
    }
    walk(cursor.get(), key, first, MDB_PREV, row);
  }

  std::uint64_t count(table t) const override {
    MDB_stat stat;
    env_->check(mdb_stat(txn_, env_->dbi(t), &stat), cannot_read);
    return stat.ms_entries;
  }

private:
  cursor_ptr open(table t) const {
    MDB_cursor* cursor = nullptr;
    env_->check(mdb_cursor_open(txn_, env_->dbi(t), &cursor), cannot_read);
    return cursor_ptr{cursor};
  }

  void walk(MDB_cursor* cursor, MDB_val key, MDB_cursor_op first,
            MDB_cursor_op next, const row_fn& row) const {
    MDB_val value;
    auto code = mdb_cursor_get(cursor, &key, &value, first);
    while (code == MDB_SUCCESS && row(to_view(key), to_view(value)))
      code = mdb_cursor_get(cursor, &key, &value, next);
    if (code != MDB_SUCCESS && code != MDB_NOTFOUND)
      env_->fail(code, cannot_read);
  }

  std::shared_ptr<lmdb_env> env_;
  MDB_txn* txn_;
};

} // namespace

std::unique_ptr<snapshot> read_lmdb(std::shared_ptr<lmdb_env> env) {
  return std::make_unique<lmdb_snapshot>(std::move(env));
}

} // namespace holdfast::storage_impl
