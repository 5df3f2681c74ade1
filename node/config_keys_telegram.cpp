// The configuration keys of how signals are told in Telegram.
// Must not know TOML or the files that they name.
#include "node/config_values.hpp"

#include <algorithm>

namespace holdfast::detail {

namespace {

template <class Field>
config_key message_template(std::string name, Field field) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto text = std::get_if<std::string>(&value);
    if (!text)
      return "must be a text such as \"<b>{pair}</b> {type}\"";
    if (auto wrong = check_template_text(*text))
      return *wrong;
    field(c.engine.messages.templates) = *text;
    return {};
  };
  return {"telegram", "templates." + std::move(name), set};
}

/// What is told, and where.
std::vector<config_key> message_keys() {
  using c = node_config;
  using t = signal_templates;
  return {
      flag(
          "telegram", "enabled",
          [](c & x) -> auto& { return x.engine.messages.telegram; }),
      chat(
          "telegram", "chat_id", "@my_signals",
          [](c & x) -> auto& { return x.engine.messages.chat_id; }),
      flag(
          "telegram", "update_reply",
          [](c & x) -> auto& { return x.engine.messages.update_reply; }),
      flag(
          "telegram", "close_reply",
          [](c & x) -> auto& { return x.engine.messages.close_reply; }),
      message_template(
          "open", [](t & x) -> auto& { return x.open; }),
      message_template(
          "update", [](t & x) -> auto& { return x.update; }),
      message_template(
          "close", [](t & x) -> auto& { return x.close; }),
      message_template(
          "reply", [](t & x) -> auto& { return x.reply; }),
  };
}

} // namespace

std::vector<config_key> telegram_keys() {
  using c = node_config;
  auto keys = message_keys();
  std::vector<config_key> how{
      either(
          "telegram", "transport", "bot", "console",
          [](c & x) -> auto& { return x.telegram.console; }),
      base_url(
          "telegram", "https://api.telegram.org",
          [](c & x) -> auto& { return x.telegram.base_url; }),
      either(
          "telegram", "on_unknown", "hold", "resend",
          [](c & x) -> auto& { return x.telegram.pace.resend_unknown; }),
      whole_number(
          "telegram", "request_timeout_ms", 1, 60'000,
          [](c & x) -> auto& { return x.telegram.request_timeout_ms; }),
      whole_number(
          "telegram", "chat_burst", 1, 1000,
          [](c & x) -> auto& { return x.telegram.pace.chat_burst; }),
      whole_number(
          "telegram", "chat_per_minute", 1, 60'000,
          [](c & x) -> auto& { return x.telegram.pace.chat_per_minute; }),
      whole_number(
          "telegram", "per_second", 1, 1000,
          [](c & x) -> auto& { return x.telegram.pace.per_second; }),
      file_path(
          "telegram", "token_file",
          [](c & x) -> auto& { return x.telegram.token_file; }),
  };
  std::ranges::move(how, std::back_inserter(keys));
  return keys;
}

} // namespace holdfast::detail
