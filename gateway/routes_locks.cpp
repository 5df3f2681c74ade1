// What is done with a lock once it is granted.
// Must not know Boost or how locks are decided.
#include "gateway/routes.hpp"

#include <array>

namespace holdfast {

namespace {

/// Tokens stay below 2^53, where every JSON reader still counts exactly.
constexpr std::int64_t token_max = (std::int64_t{1} << 53) - 1;

constexpr std::size_t error_bytes_max = 4096;

std::uint64_t read_token(body_fields& body) {
  // 0 never is a lock's token, but well-formed: the lock decides.
  return static_cast<std::uint64_t>(
      body.required_integer("fencingToken", 0, token_max));
}

} // namespace

void renew(api_call& call) {
  static constexpr std::array<std::string_view, 2> members{"fencingToken",
                                                           "timeoutMs"};
  auto id = call.id_param<id_kind::lock>("lock");
  if (!id)
    return;
  auto& options = call.api.options;
  body_fields body{call.request.body, {options.json_depth_max}, members};
  renew_lock cmd;
  cmd.id = *id;
  cmd.token = read_token(body);
  cmd.timeout_ms = body.integer("timeoutMs", 1, options.timeout_max_ms, 0);
  if (body.refusal())
    return call.refuse(*body.refusal());
  cmd.bound_to = call.identity.owner_id;
  forward(call, call.api.locks, std::move(cmd));
}

void release(api_call& call) {
  static constexpr std::array<std::string_view, 3> members{"fencingToken",
                                                           "result", "error"};
  auto id = call.id_param<id_kind::lock>("lock");
  if (!id)
    return;
  body_fields body{
      call.request.body, {call.api.options.json_depth_max}, members};
  release_lock cmd;
  cmd.id = *id;
  cmd.token = read_token(body);
  cmd.failed = body.has("error");
  cmd.error = body.verbatim_text("error", error_bytes_max);
  cmd.result = body.json("result");
  if (body.refusal())
    return call.refuse(*body.refusal());
  if (cmd.failed && body.has("result"))
    return call.refuse(invalid_request(
        "result and error exclude each other: work that succeeded has a "
        "result, work that failed an error."));
  cmd.bound_to = call.identity.owner_id;
  forward(call, call.api.locks, std::move(cmd));
}

void force_release_one(api_call& call) {
  auto id = call.id_param<id_kind::lock>("lock");
  if (!id)
    return;
  force_release cmd;
  cmd.id = *id;
  cmd.bound_to = call.identity.owner_id;
  cmd.actor = call.identity.name;
  cmd.reason = call.query.text("reason", 0, reason_bytes_max);
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  forward(call, call.api.locks, std::move(cmd));
}

void force_release_all(api_call& call) {
  if (!call.check_param("ownerId"))
    return;
  if (auto why = call.check_owner(call.params.front()))
    return call.refuse(*why);
  force_release_owner cmd;
  cmd.owner_id = call.params.front();
  cmd.actor = call.identity.name;
  cmd.reason = call.query.text("reason", 0, reason_bytes_max);
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  forward(call, call.api.locks, std::move(cmd));
}

} // namespace holdfast
