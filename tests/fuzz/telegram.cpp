// Telegram's replies, and the intents that messages are made from.
#include "adapters/telegram_protocol.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <string>
#include <variant>

using namespace holdfast;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static constexpr std::array statuses{200, 400, 403, 404, 408,
                                       429, 500, 502, 0};
  fuzz::input in{data, size};
  telegram_options at;
  at.token = "1234567:test-token";
  at.chat_id = "-100";
  deliver_message what;
  what.kind = in.choose(2) == 0 ? "telegram_send" : "telegram_edit";
  what.message.message_id = 17;
  http_reply reply;
  reply.kind = static_cast<http_reply::kind_type>(in.choose(3));
  reply.status = statuses[in.choose(statuses.size())];
  reply.body = std::string{in.rest()};
  what.intent = reply.body;
  auto report = read_telegram_reply(at, what, reply);
  require(reply.kind != http_reply::broken ||
              report.kind == message_report::unknown,
          "a broken connection leaves it open");
  require(report.message.find(at.token) == std::string::npos,
          "the token is told to nobody");
  require(report.retry_after_ms >= 0, "no pause is negative");
  auto request = telegram_request(at, what);
  if (auto* none = std::get_if<message_report>(&request))
    require(none->kind == message_report::rejected ||
                none->kind == message_report::gone,
            "what cannot be sent is said so");
  return 0;
}
