// Which requests are the same transaction: validation, keys, fingerprints.
// Must not know CAF, HTTP or storage.
#pragma once

#include "messages/commands.hpp"
#include "rules/lock_limits.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace holdfast {

/// A request that may be decided upon: valid, with defaults filled in, its
/// data compact, its key and fingerprint known.
struct prepared {
  transaction work;
  when_locked otherwise = when_locked::queue;
  std::int64_t wait_ms = 0;
  std::uint64_t caller = 0;
};

/// Checks everything in `request`, or refuses it with `errc::invalid` and a
/// detail that names the field as the HTTP API does, what it was and what
/// would be right. The only validation that embedded callers get.
///
/// The key is the one given; else, when there is data, the lowercase hex
/// SHA-256 of the canonical JSON of resource, owner, transaction type and
/// data; else empty. Data `null` counts as none. Without a key there is no
/// fingerprint either: nothing would be compared with it.
std::variant<prepared, problem> prepare(const acquire_lock& request,
                                        const lock_limits& limits);

/// Refuses a text that is no resource, owner or key: 1-256 bytes of UTF-8
/// without control characters (U+0000-001F, U+007F-009F). `name` is the field.
std::optional<problem> validate_key(std::string_view name,
                                    std::string_view text);

/// Stands for an idempotency key in the store's outcome key.
digest key_digest(std::string_view idempotency_key);

} // namespace holdfast
