// One write transaction. Must not know CAF or records.
#pragma once

#include "storage/lmdb_env.hpp"

#include <array>
#include <optional>

namespace holdfast::storage_impl {

/// Writes rows; `commit` makes them durable, anything else throws them away.
/// All calls throw storage_error or env_panicked.
class lmdb_writer {
public:
  /// How much of the map may be used up.
  enum class room {
    for_more, ///< leave a reserve and room for another small commit
    ordinary, ///< leave a reserve, unless no more is in use than before
    all,      ///< for purges: erasing needs free pages, too
  };

  explicit lmdb_writer(lmdb_env& env);

  /// Valid until the next write.
  std::optional<std::string_view> get(table t, std::string_view key) const;
  void put(table t, std::string_view key, std::string_view value);
  void erase(table t, std::string_view key);
  void apply(const write& w);
  /// `key` must be larger than all others of the table.
  void append(table t, std::string_view key, std::string_view value);

  void commit(room allowed = room::ordinary);

private:
  bool is_last(table t, std::string_view key);
  void leave_reserve(room allowed) const;

  lmdb_env& env_;
  txn_ptr txn_;
  std::uint64_t used_before_ = 0;
  /// Largest key of the tables that grow at their end, once looked up.
  std::array<std::optional<std::string>, table_count> largest_;
};

} // namespace holdfast::storage_impl
