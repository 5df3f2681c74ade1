// The configuration keys of what positions become: signals, and where their
// positions come from.
// Must not know TOML or the files that they name.
#include "messages/utf8.hpp"
#include "node/config_values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace holdfast::detail {

namespace {

/// As many digits as every number of the file keeps, written as it may be.
constexpr std::ptrdiff_t exact_digits_max = 15;

/// A number of the file as it stands there; empty when it cannot be told.
std::string digits_of(double number) {
  char text[400];
  auto [end, failure] =
      std::to_chars(text, std::end(text), number, std::chars_format::fixed);
  auto digits =
      std::count_if(text, end, [](char c) { return c >= '0' && c <= '9'; });
  auto leading =
      std::find_if(text, end, [](char c) { return c >= '1' && c <= '9'; });
  auto zeros = std::count(text, leading, '0');
  return failure == std::errc{} && digits - zeros <= exact_digits_max
             ? std::string{text, end}
             : std::string{};
}

std::string read_size(const config_value& value) {
  if (auto text = std::get_if<std::string>(&value))
    return *text;
  if (auto whole = std::get_if<std::int64_t>(&value))
    return std::to_string(*whole);
  auto number = std::get_if<double>(&value);
  return number ? digits_of(*number) : std::string{};
}

config_key pips() {
  auto set_entry = [](const std::string& pattern, const config_value& value,
                      node_config& c) -> std::string {
    auto size = read_size(value);
    if (size.empty())
      return "must be the size of a pip, such as 0.0001 (in quotes, if it has "
             "more than 15 digits)";
    return c.engine.signals.pips.add(pattern, size).value_or(std::string{});
  };
  return {"pips", "", {}, set_entry};
}

bool is_category(std::string_view text) {
  auto control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  return !text.empty() && text.size() <= 64 &&
         find_invalid_utf8(text) == std::string_view::npos &&
         std::none_of(text.begin(), text.end(), control);
}

/// What a URL may be that nobody's secrets are sent to: it may hold one.
bool is_webhook_url(std::string_view text) {
  if (text.empty())
    return true;
  auto bad = [](unsigned char c) {
    return c <= ' ' || c > '~' || c == '#' || c == '\\' || c == '"';
  };
  if (std::any_of(text.begin(), text.end(), bad))
    return false;
  for (std::string_view scheme : {"https://", "http://"})
    if (text.starts_with(scheme)) {
      auto host = text.substr(scheme.size());
      host = host.substr(0, host.find_first_of("/?"));
      return !host.empty() && host.front() != ':' && host.back() != ':' &&
             host.find('@') == std::string_view::npos;
    }
  return false;
}

/// MetaApi's ids stand in paths.
bool is_account(std::string_view text) {
  return text.size() <= 100 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                  (c >= 'a' && c <= 'z') || c == '-' || c == '_';
         });
}

config_key failed_ratio() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    auto ratio = -1.0;
    if (auto number = std::get_if<std::int64_t>(&value))
      ratio = static_cast<double>(*number);
    else if (auto fraction = std::get_if<double>(&value))
      ratio = *fraction;
    // The comparison is false for not-a-number as well.
    if (!(ratio >= 0.001 && ratio <= 1))
      return "must be a number from 0.001 to 1";
    c.engine.alerts.failed_permille = std::llround(ratio * 1000);
    return {};
  };
  return {"alerts", "failed_ratio", set};
}

} // namespace

std::vector<config_key> alert_keys() {
  using c = node_config;
  return {
      whole_number(
          "alerts", "queue_depth", 1, 1'000'000,
          [](c & x) -> auto& { return x.engine.alerts.queue_depth; }),
      whole_number(
          "alerts", "unknown_after_s", 1, 86'400,
          [](c & x) -> auto& { return x.engine.alerts.unknown_after_ms; },
          1000),
      whole_number(
          "alerts", "expired_per_minute", 1, 1'000'000,
          [](c & x) -> auto& { return x.engine.alerts.expired_per_minute; }),
      failed_ratio(),
      whole_number(
          "alerts", "resolved_after_s", 1, 86'400,
          [](c & x) -> auto& { return x.engine.alerts.resolved_after_ms; },
          1000),
      chat(
          "alerts", "telegram_chat_id", "@my_alerts",
          [](c & x) -> auto& { return x.engine.alerts.telegram_chat_id; }),
      text(
          "alerts", "webhook_url",
          "must be a URL such as \"https://example.com/alerts\"",
          is_webhook_url, [](c & x) -> auto& { return x.alert_post.url; }),
  };
}

std::vector<config_key> signal_keys() {
  using c = node_config;
  return {
      pips(),
      text(
          "signals", "category",
          "must be a text of 1 to 64 bytes without control characters",
          is_category,
          [](c & x) -> auto& { return x.engine.signals.category; }),
      text(
          "signals", "webhook_url",
          "must be a URL such as \"https://example.com/signals\"",
          is_webhook_url, [](c & x) -> auto& { return x.webhook.url; }),
      file_path(
          "signals", "webhook_secret_file",
          [](c & x) -> auto& { return x.webhook.secret_file; }),
      whole_number(
          "signals", "webhook_attempts_max", 1, 1'000'000,
          [](c & x) -> auto& { return x.webhook.attempts_max; }),
      either(
          "signals", "on_startup", "silent", "announce",
          [](c & x) -> auto& { return x.metaapi.feed.announce_at_first; }),
      flag(
          "metaapi", "enabled",
          [](c & x) -> auto& { return x.metaapi.enabled; }),
      base_url(
          "metaapi", "https://mt-client-api-v1.london.agiliumtrade.ai",
          [](c & x) -> auto& { return x.metaapi.base_url; }, true),
      text(
          "metaapi", "account_id",
          "must be an account's id: letters, digits, - and _", is_account,
          [](c & x) -> auto& { return x.metaapi.feed.account_id; }),
      whole_number(
          "metaapi", "poll_interval_ms", 100, 3'600'000,
          [](c & x) -> auto& { return x.metaapi.feed.poll_interval_ms; }),
      file_path(
          "metaapi", "token_file",
          [](c & x) -> auto& { return x.metaapi.token_file; }),
  };
}

} // namespace holdfast::detail
