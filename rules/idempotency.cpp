// Which requests are the same transaction: validation, keys, fingerprints.
// Must not know CAF, HTTP or storage.
#include "rules/idempotency.hpp"

#include "messages/json_writer.hpp"
#include "rules/canonical_json.hpp"
#include "rules/refusals.hpp"
#include "rules/sha256.hpp"

#include <string>
#include <utility>

namespace holdfast {

namespace {

constexpr std::size_t key_bytes_max = 256;
constexpr std::int64_t max_retries_max = 100;
constexpr std::int64_t wait_max_ms = 300'000;
constexpr std::uint8_t default_priority = 5;

using refusal = std::optional<problem>;

problem invalid(std::string detail) {
  problem what;
  what.code = errc::invalid;
  what.detail = std::move(detail);
  return what;
}

refusal check_range(std::string_view name, std::int64_t value,
                    std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most)
    return std::nullopt;
  return invalid(std::string{name} + " is " + std::to_string(value) +
                 "; it must be " + std::to_string(least) + " to " +
                 std::to_string(most));
}

/// Enum values arrive as plain numbers from other nodes and careless casts.
template <class Enum>
refusal check_enum(std::string_view name, Enum value, Enum last) {
  if (value <= last)
    return std::nullopt;
  return invalid(std::string{name} + " has the value " +
                 std::to_string(static_cast<unsigned>(value)) +
                 ", which has no meaning");
}

refusal check_fields(const acquire_lock& request, const lock_limits& limits) {
  if (auto bad = validate_key("resourceId", request.resource))
    return bad;
  if (auto bad = validate_key("ownerId", request.owner_id))
    return bad;
  if (!request.idempotency_key.empty())
    if (auto bad = validate_key("idempotencyKey", request.idempotency_key))
      return bad;
  if (!request.task.empty())
    if (auto bad = validate_key("task", request.task))
      return bad;
  if (auto bad = check_enum("ownerType", request.owner, owner_type::workflow))
    return bad;
  if (auto bad =
          check_enum("transactionType", request.type, transaction_type::signal))
    return bad;
  if (auto bad = check_enum("onLocked", request.otherwise, when_locked::wait))
    return bad;
  if (request.priority != 0)
    if (auto bad = check_range("priority", request.priority, 1, 10))
      return bad;
  if (request.timeout_ms != 0)
    if (auto bad = check_range("timeoutMs", request.timeout_ms, 1,
                               limits.timeout_max_ms))
      return bad;
  if (request.max_retries != -1)
    if (auto bad =
            check_range("maxRetries", request.max_retries, 0, max_retries_max))
      return bad;
  if (request.otherwise == when_locked::wait)
    return check_range("waitMs", request.wait_ms, 1, wait_max_ms);
  return std::nullopt;
}

transaction with_defaults(const acquire_lock& request,
                          const lock_limits& limits) {
  transaction work;
  work.resource = request.resource;
  work.owner_id = request.owner_id;
  work.owner = request.owner;
  work.type = request.type;
  work.idempotency_key = request.idempotency_key;
  work.task = request.task;
  work.priority = request.priority ? request.priority : default_priority;
  work.timeout_ms = request.timeout_ms ? request.timeout_ms : limits.timeout_ms;
  work.max_retries = request.max_retries == -1
                         ? limits.max_retries
                         : static_cast<std::uint32_t>(request.max_retries);
  return work;
}

/// Canonical JSON by construction: the names stand in sorted order, and
/// `canonical_data` is canonical already.
std::string identity_text(const transaction& work, bool with_resource,
                          std::string_view canonical_data) {
  std::string text;
  json_writer writer{text};
  writer.begin_object().member("ownerId", work.owner_id);
  if (with_resource)
    writer.member("resourceId", work.resource);
  writer.raw_member("transactionData", canonical_data)
      .member("transactionType", to_string(work.type))
      .end_object();
  return text;
}

} // namespace

std::variant<prepared, problem> prepare(const acquire_lock& request,
                                        const lock_limits& limits) {
  if (auto bad = check_fields(request, limits))
    return std::move(*bad);
  auto work = with_defaults(request, limits);
  std::string canonical_data;
  if (!request.data.empty()) {
    auto canonical = canonicalize(request.data, work.data);
    if (auto bad = std::get_if<problem>(&canonical)) {
      bad->detail.insert(0, "transactionData is ");
      return std::move(*bad);
    }
    canonical_data = std::get<std::string>(std::move(canonical));
    if (work.data == "null") {
      work.data.clear();
      canonical_data.clear();
    }
  }
  if (work.idempotency_key.empty() && !work.data.empty())
    work.idempotency_key =
        to_hex(sha256(identity_text(work, true, canonical_data)));
  // Without a key nothing is ever compared with it.
  if (!work.idempotency_key.empty())
    work.fingerprint = sha256(identity_text(work, false, canonical_data));
  return prepared{std::move(work), request.otherwise, request.wait_ms,
                  request.caller};
}

std::optional<problem> validate_key(std::string_view name,
                                    std::string_view text) {
  return check_text(name, text, 1, key_bytes_max);
}

digest key_digest(std::string_view idempotency_key) {
  return sha256(idempotency_key);
}

} // namespace holdfast
