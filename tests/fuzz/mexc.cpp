// The exchange's replies: what is no order is none, and what is one is told in
// valid JSON.
#include "adapters/mexc_protocol.hpp"
#include "adapters/mexc_replies.hpp"
#include "messages/json_text.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <string>

using namespace holdfast;
using fuzz::require;

namespace {

void order(std::string_view body) {
  auto read = read_mexc_order(body, {});
  if (!read)
    return;
  std::string compact;
  std::string why;
  require(compact_json(*read, {}, compact, why) && compact == *read,
          "an order is told in compact JSON");
  std::vector<json_member> members;
  require(split_members(*read, {}, members, why), "as an object");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static constexpr std::array statuses{200, 400, 401, 403, 404,
                                       418, 429, 500, 503, 0};
  fuzz::input in{data, size};
  http_reply reply;
  auto kind = in.choose(3);
  reply.kind = static_cast<http_reply::kind_type>(kind);
  reply.status = statuses[in.choose(statuses.size())];
  reply.body = std::string{in.rest()};
  reply.retry_after = reply.body.substr(0, 8);
  auto answer = judge_mexc_reply(reply);
  require(reply.kind != http_reply::broken ||
              answer.kind == mexc_answer::unclear,
          "a broken connection leaves it open");
  require(answer.retry_after_ms >= 0, "no pause is negative");
  read_mexc_time(in.rest());
  read_mexc_order_id(in.rest());
  order(in.rest());
  auto symbol = read_mexc_symbol(in.rest(), "BTCUSDT");
  if (symbol.kind == mexc_symbol_reply::found)
    check_mexc_order(symbol.symbol,
                     {"c1", "BTCUSDT", "BUY", "LIMIT", "0.001", "", "65000.5"});
  return 0;
}
