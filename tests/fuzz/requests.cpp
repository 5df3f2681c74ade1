// Bodies of requests, from their bytes to a command that may be decided upon.
#include "gateway/key_fields.hpp"
#include "gateway/position_fields.hpp"
#include "rules/idempotency.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <string>
#include <variant>

using namespace holdfast;
using fuzz::require;

namespace {

void acquire(std::string_view json) {
  static constexpr std::array<std::string_view, 6> known{
      "resourceId", "ownerId",   "transactionData",
      "priority",   "timeoutMs", "idempotencyKey"};
  body_fields body{json, {}, known};
  acquire_lock cmd;
  std::optional<problem> refusal;
  cmd.resource = body.required_text("resourceId");
  cmd.owner_id = body.required_text("ownerId");
  if (!body.is_null("transactionData"))
    cmd.data = body.json("transactionData");
  cmd.priority = static_cast<std::uint8_t>(body.integer("priority", 1, 10, 5));
  cmd.timeout_ms = body.integer("timeoutMs", 1, 3'600'000, 30'000);
  cmd.idempotency_key = merge_keys(body, {}, refusal);
  if (body.refusal() || refusal) {
    require(!(refusal ? *refusal : *body.refusal()).detail.empty(),
            "a refusal says why");
    return;
  }
  auto checked = prepare(cmd, {});
  auto* ready = std::get_if<prepared>(&checked);
  if (!ready)
    return require(std::get<problem>(checked).code == errc::invalid,
                   "what cannot be prepared is invalid");
  cmd.data = ready->work.data;
  auto again = std::get<prepared>(prepare(cmd, {}));
  require(again.work.fingerprint == ready->work.fingerprint &&
              again.work.idempotency_key == ready->work.idempotency_key,
          "compact data is the same transaction");
}

void position(std::string_view json, std::string_view account) {
  auto read = read_position(json, {}, account);
  if (read.why)
    return require(read.why->code == errc::invalid && !read.why->detail.empty(),
                   "a refused report says why");
  require(!read.event.account_id.empty() && !read.event.position_id.empty(),
          "a report that is taken names its position");
}

void release(std::string_view json) {
  static constexpr std::array<std::string_view, 3> known{"fencingToken",
                                                         "result", "error"};
  body_fields body{json, {}, known};
  auto token = body.required_integer("fencingToken", 1, std::int64_t{1} << 53);
  body.json("result");
  body.verbatim_text("error", 4096);
  require(body.refusal() || token >= 1, "a token is in its range");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  fuzz::input in{data, size};
  switch (in.choose(5)) {
  case 0:
    acquire(in.rest());
    break;
  case 1:
    position(in.rest(), {});
    break;
  case 2:
    position(in.rest(), "acc-1");
    break;
  case 3:
    release(in.rest());
    break;
  case 4:
    parse_timestamp(in.rest());
    break;
  }
  return 0;
}
