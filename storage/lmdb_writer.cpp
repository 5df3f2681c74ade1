// Writing within the bounds of the map.
// Must not know CAF or records.
#include "storage/lmdb_writer.hpp"

#include <algorithm>

namespace holdfast::storage_impl {

namespace {

const char* const cannot_write = "cannot write to the store in data directory";

/// Rows of these tables come mostly in key order. Put at the end as such,
/// they fill their pages; otherwise LMDB would leave them half empty.
bool grows_at_its_end(table t) {
  return t == table::locks || t == table::history || t == table::entries;
}

MDB_txn* begin(lmdb_env& env) {
  MDB_txn* txn = nullptr;
  env.check(mdb_txn_begin(env.handle(), nullptr, 0, &txn), cannot_write);
  return txn;
}

/// Pages that only a purge may use. A commit may leave as many behind as it
/// changed, free only after the next ones.
std::uint64_t reserve_bytes(const lmdb_env& env) {
  constexpr std::uint64_t most = std::uint64_t{32} << 20;
  return std::min(env.map_bytes() / 8, most);
}

/// What a decision or two may add.
constexpr std::uint64_t small_commit_bytes = 8 * 4096;

} // namespace

lmdb_writer::lmdb_writer(lmdb_env& env)
    : env_(env), txn_(begin(env)), used_before_(env.used_bytes(txn_.get())) {}

std::optional<std::string_view> lmdb_writer::get(table t,
                                                 std::string_view key) const {
  auto k = to_val(key);
  MDB_val value;
  auto code = mdb_get(txn_.get(), env_.dbi(t), &k, &value);
  if (code == MDB_NOTFOUND)
    return std::nullopt;
  env_.check(code, cannot_write);
  return to_view(value);
}

void lmdb_writer::put(table t, std::string_view key, std::string_view value) {
  if (grows_at_its_end(t) && is_last(t, key))
    return append(t, key, value);
  auto k = to_val(key);
  auto v = to_val(value);
  env_.check(mdb_put(txn_.get(), env_.dbi(t), &k, &v, 0), cannot_write);
}

void lmdb_writer::erase(table t, std::string_view key) {
  auto k = to_val(key);
  auto code = mdb_del(txn_.get(), env_.dbi(t), &k, nullptr);
  if (code != MDB_NOTFOUND)
    env_.check(code, cannot_write);
}

void lmdb_writer::apply(const write& w) {
  if (w.value)
    put(w.where, w.key, *w.value);
  else
    erase(w.where, w.key);
}

void lmdb_writer::append(table t, std::string_view key,
                         std::string_view value) {
  auto k = to_val(key);
  auto v = to_val(value);
  env_.check(mdb_put(txn_.get(), env_.dbi(t), &k, &v, MDB_APPEND),
             cannot_write);
}

/// An erased row may leave `largest_` too large; then the row is put the
/// ordinary way, which is right, too.
bool lmdb_writer::is_last(table t, std::string_view key) {
  auto& largest = largest_[static_cast<std::size_t>(t)];
  if (!largest) {
    MDB_cursor* raw = nullptr;
    env_.check(mdb_cursor_open(txn_.get(), env_.dbi(t), &raw), cannot_write);
    cursor_ptr cursor{raw};
    MDB_val k;
    MDB_val value;
    auto code = mdb_cursor_get(raw, &k, &value, MDB_LAST);
    if (code != MDB_NOTFOUND)
      env_.check(code, cannot_write);
    largest = code == MDB_SUCCESS ? std::string{to_view(k)} : std::string{};
  }
  if (key <= *largest)
    return false;
  largest = key;
  return true;
}

void lmdb_writer::leave_reserve(room allowed) const {
  auto used = env_.used_bytes(txn_.get());
  if (allowed == room::ordinary && used <= used_before_)
    return;
  if (allowed == room::for_more)
    used += small_commit_bytes;
  if (used + reserve_bytes(env_) > env_.map_bytes())
    env_.fail(MDB_MAP_FULL, cannot_write);
}

void lmdb_writer::commit(room allowed) {
  if (allowed != room::all)
    leave_reserve(allowed);
  env_.check(env_.commit(txn_.release()), cannot_write);
}

} // namespace holdfast::storage_impl
