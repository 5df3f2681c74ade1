#include "adapters/telegram_bot.hpp"

#include "adapters/http_messenger.hpp"
#include "adapters/telegram_protocol.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace holdfast {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_token_character(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         c == '-' || c == '_';
}

} // namespace

bool is_telegram_token(std::string_view text) {
  auto colon = text.find(':');
  if (colon == 0 || colon >= text.size() - 1)
    return false;
  return std::ranges::all_of(text.substr(0, colon), is_digit) &&
         std::ranges::all_of(text.substr(colon + 1), is_token_character);
}

messenger_actor spawn_telegram_bot(caf::actor_system& sys,
                                   telegram_options options,
                                   std::shared_ptr<http_caller> http) {
  if (!is_telegram_token(options.token))
    throw std::invalid_argument("this is no token of a Telegram bot");
  auto at = std::make_shared<const telegram_options>(std::move(options));
  return spawn_http_messenger(
      sys,
      {[at](const deliver_message& what) {
         return telegram_request(*at, what);
       },
       [at](const deliver_message& what, const http_reply& reply) {
         return read_telegram_reply(*at, what, reply);
       }},
      std::move(http));
}

} // namespace holdfast
