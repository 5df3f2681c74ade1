#include "adapters/telegram_updates.hpp"

#include "adapters/json_object.hpp"
#include "adapters/reply_text.hpp"
#include "messages/json_writer.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast {

namespace {

constexpr int updates_at_once = 20;
constexpr std::string_view unreadable_chat = "Telegram's answer cannot be read";

std::string method_url(const telegram_options& at, std::string_view method) {
  return at.base_url + "/bot" + at.token + '/' + std::string{method};
}

fetched_chat no_chat(const telegram_options& at, std::string why) {
  fetched_chat none;
  none.why = one_line(without_secret(std::move(why), at.token));
  return none;
}

/// What is wrong with an answer, if anything.
std::optional<fetched_chat> read_trouble(const telegram_options& at,
                                         const http_reply& reply,
                                         const json_object& answer) {
  if (reply.kind != http_reply::replied)
    return no_chat(at, "Telegram does not answer: " + reply.why);
  if (answer.is_true("ok"))
    return std::nullopt;
  auto status = std::to_string(reply.status);
  auto description = answer.text("description");
  if (reply.status >= 200 && reply.status < 300)
    return no_chat(at, std::string{unreadable_chat});
  if (reply.status == 401 || reply.status == 404)
    return no_chat(at,
                   "Telegram does not know the token (HTTP " + status + ")");
  if (reply.status == 409)
    return no_chat(at, "another program asks for this bot's messages, or has "
                       "set a webhook (HTTP 409): " +
                           description);
  if (reply.status != 429)
    return no_chat(at, "Telegram answers HTTP " + status +
                           (description.empty() ? "" : ": ") + description);
  auto slow_down = no_chat(at, "Telegram wants a pause (HTTP 429)");
  auto wait = read_retry_after(answer.inside("parameters").text("retry_after"));
  if (!wait)
    wait = read_retry_after(reply.retry_after);
  slow_down.retry_after_ms = wait.value_or(0);
  return slow_down;
}

/// Whether a person has written it himself, just now.
bool is_own_word(const json_object& message) {
  for (auto name : {"forward_origin", "forward_date", "sender_chat", "via_bot"})
    if (message.find(name))
      return false;
  return !message.inside("from").is_true("is_bot");
}

std::optional<chat_message> read_message(const json_object& message) {
  auto chat = message.inside("chat");
  auto user_id = message.inside("from").integer("id");
  auto chat_id = chat.integer("id");
  auto date_s = message.integer("date");
  auto text = message.find("text");
  if (!user_id || !chat_id || !date_s || !text || !is_own_word(message))
    return std::nullopt;
  auto written = decode_string(text->value);
  // A clock that counts beyond the year 9999 is none.
  if (!written || *date_s < 0 || *date_s > 253'402'300'799)
    return std::nullopt;
  chat_message result;
  result.user_id = *user_id;
  result.chat_id = *chat_id;
  result.alone = chat.text("type") == "private";
  result.at_ms = *date_s * 1000;
  result.text = without_controls(*written, false);
  return result;
}

} // namespace

http_call telegram_self_request(const telegram_options& at) {
  http_call call;
  call.url = method_url(at, "getMe");
  call.timeout = at.timeout;
  return call;
}

fetched_chat read_telegram_self(const telegram_options& at,
                                const http_reply& reply) {
  json_object answer{reply.body};
  if (auto wrong = read_trouble(at, reply, answer))
    return *std::move(wrong);
  auto name = answer.inside("result").text("username");
  if (name.empty())
    return no_chat(at, std::string{unreadable_chat});
  fetched_chat result;
  result.ok = true;
  result.bot_name = one_line(name);
  return result;
}

http_call telegram_updates_request(const telegram_options& at,
                                   std::int64_t offset) {
  http_call call;
  call.method = "POST";
  call.url = method_url(at, "getUpdates");
  call.headers = {"Content-Type: application/json"};
  json_writer to{call.body};
  to.begin_object()
      .member("offset", offset)
      .member("limit", updates_at_once)
      .member("timeout", updates_wait.count())
      .raw_member("allowed_updates", R"(["message"])")
      .end_object();
  call.timeout = updates_wait + at.timeout;
  call.at_most_once = true; // two polls at once end each other
  return call;
}

fetched_chat read_telegram_updates(const telegram_options& at,
                                   const http_reply& reply) {
  json_object answer{reply.body};
  if (auto wrong = read_trouble(at, reply, answer))
    return *std::move(wrong);
  fetched_chat result;
  auto list = answer.find("result");
  std::vector<json_element> updates;
  std::string why;
  result.ok = list && split_elements(list->value, {}, updates, why);
  std::optional<std::int64_t> last;
  for (const auto& each : updates) {
    json_object update{each.value};
    auto id = update.integer("update_id");
    if (!id || *id < 0)
      continue;
    last = std::max(last.value_or(0), *id);
    if (auto message = read_message(update.inside("message")))
      result.messages.push_back(*std::move(message));
  }
  // Without a number nothing could be confirmed, and would come for ever.
  if (!result.ok || (!updates.empty() && !last))
    return no_chat(at, std::string{unreadable_chat});
  if (last)
    result.next_offset = *last + 1;
  return result;
}

} // namespace holdfast
