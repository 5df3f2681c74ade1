// Who calls, and what they may do: tokens, scopes, and the owner they act for.
// Must not know HTTP, CAF, Boost or where tokens are kept.
#pragma once

#include "messages/lock.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// What a caller may do; each includes those before it.
enum class scope : std::uint8_t {
  open,    ///< what needs no token: whether the node is alive and ready
  read,    ///< look at everything
  trade,   ///< take, extend and end locks of its own
  operate, ///< overrule others: force release, requeue, discard, pause
};

std::string_view to_string(scope x);

/// Reads "read", "trade" or "operate"; false for anything else.
bool from_string(std::string_view text, scope& x);

/// The name of everybody, where there are no tokens.
inline constexpr const char* local_name = "local";

/// Who is calling.
struct identity {
  std::string name; ///< stands in log and journal
  scope level = scope::open;
  std::string owner_id; ///< acts for this owner alone; empty: for every owner

  bool may(scope wanted) const { return level >= wanted; }
  bool acts_for(std::string_view owner) const {
    return owner_id.empty() || owner_id == owner;
  }
};

using identity_ptr = std::shared_ptr<const identity>;

/// The callers that a node knows, by the SHA-256 of their tokens. Immutable.
class token_table {
public:
  /// More than these would make every request with a wrong token costly.
  static constexpr std::size_t entries_max = 1000;

  /// A longer token is not looked at.
  static constexpr std::size_t token_bytes_max = 512;

  struct entry {
    digest hash{};
    identity_ptr who;
  };

  token_table() = default;
  explicit token_table(std::vector<entry> entries)
      : entries_(std::move(entries)) {}

  /// Whose token this is; null: nobody's. Compares with every entry, and takes
  /// as long for a wrong token as for any right one.
  identity_ptr find(std::string_view token) const;

  std::size_t size() const { return entries_.size(); }
  const std::vector<entry>& entries() const { return entries_; }

private:
  std::vector<entry> entries_;
};

} // namespace holdfast
