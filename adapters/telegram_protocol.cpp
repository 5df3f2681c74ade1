#include "adapters/telegram_protocol.hpp"

#include "adapters/json_object.hpp"
#include "adapters/message_report.hpp"
#include "adapters/reply_text.hpp"
#include "messages/json_writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace holdfast {

namespace {

constexpr std::string_view unreadable =
    "Telegram's answer cannot be read; the message may be there";

message_report sent(std::string chat_id, std::int64_t message_id) {
  message_report result;
  result.kind = message_report::sent;
  result.chat_id = std::move(chat_id);
  result.message_id = message_id;
  return result;
}

bool is_edit(const deliver_message& what) { return what.kind == telegram_edit; }

std::string chat_of(const telegram_options& at, const deliver_message& what,
                    const json_object& intent) {
  if (!what.chat_id.empty())
    return what.chat_id;
  if (!what.message.chat_id.empty())
    return what.message.chat_id;
  auto named = intent.text("chatId");
  return named.empty() ? at.chat_id : named;
}

/// A number as such, a channel's name as text.
void write_chat(json_writer& to, const std::string& chat_id) {
  if (decode_integer(chat_id))
    to.raw_member("chat_id", chat_id);
  else
    to.member("chat_id", chat_id);
}

std::string body_of(const deliver_message& what, const json_object& intent,
                    const std::string& chat_id, const std::string& text) {
  std::string body;
  json_writer to{body};
  to.begin_object();
  write_chat(to, chat_id);
  if (is_edit(what))
    to.member("message_id", what.message.message_id);
  to.member("text", text).member("parse_mode", "HTML");
  to.key("link_preview_options").begin_object();
  to.member("is_disabled", true).end_object();
  if (!is_edit(what) && intent.is_true("reply") &&
      what.message.message_id != 0) {
    to.key("reply_parameters").begin_object();
    to.member("message_id", what.message.message_id);
    to.member("allow_sending_without_reply", true).end_object();
  }
  to.end_object();
  return body;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// What Telegram says of an edit whose message is not there to be edited.
constexpr std::array<std::string_view, 3> gone_texts{
    "message to edit not found", "message can't be edited",
    "message_id_invalid"};

message_report read_success(const json_object& answer) {
  auto result = answer.inside("result");
  auto message_id = result.integer("message_id");
  auto chat_id = result.inside("chat").integer("id");
  if (!answer.is_true("ok") || !message_id || *message_id <= 0 || !chat_id)
    return report(message_report::unknown, std::string{unreadable});
  return sent(std::to_string(*chat_id), *message_id);
}

message_report read_slow_down(const json_object& answer,
                              const http_reply& reply) {
  auto result =
      report(message_report::unavailable, "Telegram wants a pause (HTTP 429)");
  auto wait = read_retry_after(answer.inside("parameters").text("retry_after"));
  if (!wait)
    wait = read_retry_after(reply.retry_after);
  result.retry_after_ms = wait.value_or(0);
  return result;
}

message_report read_refusal(const telegram_options& at,
                            const deliver_message& what,
                            const json_object& answer, int status) {
  auto moved_to = answer.inside("parameters").integer("migrate_to_chat_id");
  if (moved_to) {
    auto result = report(message_report::unavailable, "the chat has moved");
    result.chat_moved = true;
    result.chat_id = std::to_string(*moved_to);
    return result;
  }
  auto description = answer.text("description");
  // Telegram always says why; without, something in between has spoken.
  if (description.empty())
    return report(message_report::unknown,
                  "HTTP status " + std::to_string(status) +
                      " without a description of Telegram's");
  auto said = lower(description);
  auto says = [&](std::string_view text) {
    return said.find(text) != std::string::npos;
  };
  if (is_edit(what) && says("message is not modified"))
    return sent(chat_of(at, what, json_object{what.intent}),
                what.message.message_id);
  auto result = report(message_report::rejected, std::move(description));
  result.code = answer.text("error_code");
  if (result.code.empty())
    result.code = std::to_string(status);
  if (is_edit(what) && std::ranges::any_of(gone_texts, says))
    result.kind = message_report::gone;
  return result;
}

message_report read_reply(const telegram_options& at,
                          const deliver_message& what,
                          const http_reply& reply) {
  if (reply.kind == http_reply::not_sent)
    return report(message_report::unavailable, reply.why);
  if (reply.kind == http_reply::broken)
    return report(message_report::unknown, reply.why);
  json_object answer{reply.body};
  auto status = reply.status;
  if (status >= 200 && status < 300)
    return read_success(answer);
  if (status == 429)
    return read_slow_down(answer, reply);
  // 408 comes from something in between, which may have passed it on.
  if (status >= 400 && status < 500 && status != 408)
    return read_refusal(at, what, answer, status);
  return report(message_report::unknown,
                "HTTP status " + std::to_string(status));
}

} // namespace

std::variant<http_call, message_report>
telegram_request(const telegram_options& at, const deliver_message& what) {
  if (what.kind != telegram_send && !is_edit(what))
    return report(message_report::rejected, "a message of kind " +
                                                one_line(what.kind) +
                                                " is none of Telegram's");
  json_object intent{what.intent};
  auto text = intent.text("text");
  auto chat_id = chat_of(at, what, intent);
  if (text.empty() || chat_id.empty())
    return report(message_report::rejected,
                  text.empty() ? "the message has no text"
                               : "no chat is named for the message");
  if (is_edit(what) && what.message.message_id == 0)
    return report(message_report::gone, "there is no message to edit");
  http_call call;
  call.method = "POST";
  call.url = at.base_url + "/bot" + at.token +
             (is_edit(what) ? "/editMessageText" : "/sendMessage");
  call.headers = {"Content-Type: application/json"};
  call.body = body_of(what, intent, chat_id, text);
  call.timeout = at.timeout;
  call.at_most_once = true;
  return call;
}

message_report read_telegram_reply(const telegram_options& at,
                                   const deliver_message& what,
                                   const http_reply& reply) {
  auto result = read_reply(at, what, reply);
  result.code = one_line(without_secret(std::move(result.code), at.token));
  result.message =
      one_line(without_secret(std::move(result.message), at.token));
  return result;
}

} // namespace holdfast
