// A fake Telegram and a raw client of its Bot API.
// Must not know the fake's code.
#pragma once

#include "tests/support/fake_telegram.hpp"
#include "tests/support/http_client.hpp"

#include <string>

namespace holdfast::test {

/// A chat that no test has to name.
constexpr std::int64_t some_chat = -100;

struct telegram_world {
  /// `/bot{TOKEN}/{method}`
  std::string path(const std::string& method) const {
    return "/bot" + telegram.config().token + "/" + method;
  }

  http_response call(const std::string& method, const json& body) {
    return http.post(path(method), body);
  }

  /// Writes in `some_chat`, unless `more` says otherwise.
  static json message(const std::string& text, json more = json::object()) {
    json body{{"chat_id", some_chat}, {"text", text}};
    body.update(more);
    return body;
  }

  http_response send(const std::string& text, json more = json::object()) {
    return call("sendMessage", message(text, more));
  }

  /// In HTML.
  http_response send_html(const std::string& text) {
    return send(text, {{"parse_mode", "HTML"}});
  }

  /// Only sends; `http.finish()` reads.
  void begin_send(const std::string& text) {
    http.begin("POST", path("sendMessage"), message(text).dump());
  }

  http_response edit(std::int64_t id, const std::string& text,
                     json more = json::object()) {
    more["message_id"] = id;
    return call("editMessageText", message(text, more));
  }

  std::vector<json> messages() const { return telegram.messages_of(some_chat); }

  json refused(const char* why) const {
    return telegram.state()["refused"][why];
  }

  fake_telegram telegram;
  http_client http{telegram.port(), std::chrono::seconds{60}};
};

/// What the Bot API answers when it refuses.
inline json refusal(int code, const std::string& description) {
  return {{"ok", false}, {"error_code", code}, {"description", description}};
}

} // namespace holdfast::test
