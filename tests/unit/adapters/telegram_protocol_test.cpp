// What is sent to Telegram, and what its answers are taken for.
#include "adapters/telegram_protocol.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;

namespace {

constexpr const char* token = "123456:AbC-dEf_9";

telegram_options bot() {
  telegram_options at;
  at.base_url = "http://127.0.0.1:1";
  at.token = token;
  at.chat_id = "-1";
  return at;
}

deliver_message new_message(std::string intent) {
  return {{7, 42}, std::string{telegram_send}, std::move(intent), {}, {}};
}

deliver_message edit(std::string intent) {
  auto what = new_message(std::move(intent));
  what.kind = telegram_edit;
  what.message = {message_status::sent, "-100200", 9};
  return what;
}

const std::string hello = R"({"text": "hello"})";

http_call request(const deliver_message& what) {
  auto made = telegram_request(bot(), what);
  REQUIRE(std::holds_alternative<http_call>(made));
  return std::get<http_call>(made);
}

message_report refusal(const deliver_message& what) {
  auto made = telegram_request(bot(), what);
  REQUIRE(std::holds_alternative<message_report>(made));
  return std::get<message_report>(made);
}

message_report read(const deliver_message& what, int status,
                    const std::string& body,
                    const std::string& retry_after = {}) {
  return read_telegram_reply(
      bot(), what, {http_reply::replied, status, body, retry_after, {}});
}

std::string refused(const std::string& code, const std::string& description,
                    const std::string& parameters = "{}") {
  return R"({"ok": false, "error_code": )" + code + R"(, "description": ")" +
         description + R"(", "parameters": )" + parameters + '}';
}

const std::string there =
    R"({"ok":true,"result":{"message_id":9,"chat":{"id":-100200,"type":"x"}}})";

} // namespace

TEST_CASE("a message is sent as HTML, without a preview, and at most once") {
  auto call = request(new_message(R"({"text": "<b>A&amp;B</b>\n\"1\""})"));
  CHECK(call.method == "POST");
  CHECK(call.url == "http://127.0.0.1:1/bot123456:AbC-dEf_9/sendMessage");
  CHECK(call.at_most_once);
  CHECK(call.timeout == bot().timeout);
  CHECK(call.headers ==
        std::vector<std::string>{"Content-Type: application/json"});
  CHECK(call.body ==
        R"({"chat_id":-1,"text":"<b>A&amp;B</b>\n\"1\"","parse_mode":"HTML",)"
        R"("link_preview_options":{"is_disabled":true}})");
}

TEST_CASE("an edit names the message and its chat, not the intent's") {
  auto call = request(edit(R"({"text": "new", "chatId": "-5"})"));
  CHECK(call.url == "http://127.0.0.1:1/bot123456:AbC-dEf_9/editMessageText");
  CHECK(call.at_most_once);
  CHECK(call.body ==
        R"({"chat_id":-100200,"message_id":9,"text":"new","parse_mode":"HTML",)"
        R"("link_preview_options":{"is_disabled":true}})");
}

TEST_CASE("a reply is one where the message is known, and sent anyway") {
  auto what = new_message(R"({"text": "closed", "reply": true})");
  CHECK(request(what).body.find("reply_parameters") == std::string::npos);
  what.message = {message_status::sent, "-100200", 9};
  auto body = request(what).body;
  CHECK(body.find(R"("reply_parameters":{"message_id":9,)"
                  R"("allow_sending_without_reply":true})") !=
        std::string::npos);
  CHECK(body.find(R"("chat_id":-100200)") != std::string::npos);
  what.intent = R"({"text": "closed", "reply": false})";
  CHECK(request(what).body.find("reply_parameters") == std::string::npos);
}

TEST_CASE(
    "a new message goes to the known chat, the named one, the usual one") {
  auto what = new_message(R"({"text": "x", "chatId": "@channel"})");
  CHECK(request(what).body.find(R"("chat_id":"@channel")") !=
        std::string::npos);
  what.message.chat_id = "-100200";
  CHECK(request(what).body.find(R"("chat_id":-100200,)") != std::string::npos);
  what.chat_id = "-1009999999999"; // the chat has moved there
  CHECK(request(what).body.find(R"("chat_id":-1009999999999,)") !=
        std::string::npos);
  what = new_message(R"({"text": "x", "chatId": ""})");
  CHECK(request(what).body.find(R"("chat_id":-1,)") != std::string::npos);
}

TEST_CASE("what cannot be sent is refused without asking Telegram") {
  CHECK(refusal(new_message("{}")).kind == message_report::rejected);
  CHECK(refusal(new_message(R"({"text": ""})")).message ==
        "the message has no text");
  CHECK(refusal(new_message("nonsense")).kind == message_report::rejected);
  auto lost = edit(hello);
  lost.message.message_id = 0;
  CHECK(refusal(lost).kind == message_report::gone);
  auto webhook = new_message(hello);
  webhook.kind = signal_webhook;
  CHECK(refusal(webhook).kind == message_report::rejected);
  auto nowhere = bot();
  nowhere.chat_id.clear();
  auto made = telegram_request(nowhere, new_message(hello));
  REQUIRE(std::holds_alternative<message_report>(made));
  CHECK(std::get<message_report>(made).message ==
        "no chat is named for the message");
}

TEST_CASE("a message that is there has the ids that Telegram tells") {
  for (const auto& what : {new_message(hello), edit(hello)}) {
    auto report = read(what, 200, there);
    CHECK(report.kind == message_report::sent);
    CHECK(report.chat_id == "-100200");
    CHECK(report.message_id == 9);
    CHECK(report.message.empty());
  }
}

TEST_CASE("R12: a text that was there already is a success") {
  auto report = read(edit(hello), 400,
                     refused("400", "Bad Request: message is not modified: "
                                    "specified new message content"));
  CHECK(report.kind == message_report::sent);
  CHECK(report.chat_id == "-100200");
  CHECK(report.message_id == 9);
  // Nobody can be told so of a new message.
  CHECK(read(new_message(hello), 400,
             refused("400", "Bad Request: message is not modified"))
            .kind == message_report::rejected);
}

TEST_CASE("R12: too many requests: later, when Telegram says") {
  auto what = new_message(hello);
  auto body = refused("429", "Too Many Requests: retry after 31",
                      R"({"retry_after": 31})");
  auto report = read(what, 429, body, "7");
  CHECK(report.kind == message_report::unavailable);
  CHECK(report.retry_after_ms == 31'000);
  CHECK(read(what, 429, "", "7").retry_after_ms == 7000);
  CHECK(read(what, 429, "<html>", "").kind == message_report::unavailable);
  CHECK(read(what, 429, "<html>", "").retry_after_ms == 0);
}

TEST_CASE("a chat that has moved is told with its new id, and nothing sent") {
  for (const auto& what : {new_message(hello), edit(hello)}) {
    auto report = read(what, 400,
                       refused("400", "Bad Request: group chat was upgraded",
                               R"({"migrate_to_chat_id": -1001234567890123})"));
    CHECK(report.kind == message_report::unavailable);
    CHECK(report.chat_moved);
    CHECK(report.chat_id == "-1001234567890123");
  }
}

TEST_CASE("R10: only what surely was not sent may be sent again") {
  auto what = new_message(hello);
  auto report = read_telegram_reply(
      bot(), what, {http_reply::not_sent, 0, {}, {}, "Could not resolve host"});
  CHECK(report.kind == message_report::unavailable);
  CHECK(report.message == "Could not resolve host");
  report = read_telegram_reply(bot(), what,
                               {http_reply::broken, 0, {}, {}, "timed out"});
  CHECK(report.kind == message_report::unknown);
  CHECK(report.message == "timed out");
  for (auto status : {500, 502, 503, 504, 301, 307, 408, 100}) {
    INFO(status);
    CHECK(read(what, status, refused("500", "x"), "3").kind ==
          message_report::unknown);
    CHECK(read(edit(hello), status, refused("500", "x"), "3").kind ==
          message_report::unknown);
  }
}

TEST_CASE("a success that cannot be read may have sent the message") {
  for (auto body :
       {"", "{", "[]", "null", "<html>ok</html>", R"({"ok":true})",
        R"({"ok":true,"result":true})",
        R"({"ok":false,"result":{"message_id":9,"chat":{"id":1}}})",
        R"({"result":{"message_id":9,"chat":{"id":1}}})",
        R"({"ok":true,"result":{"chat":{"id":1}}})",
        R"({"ok":true,"result":{"message_id":0,"chat":{"id":1}}})",
        R"({"ok":true,"result":{"message_id":"9","chat":{"id":1}}})",
        R"({"ok":true,"result":{"message_id":9}})",
        R"({"ok":true,"result":{"message_id":9,"chat":{"id":1.5}}})",
        R"({"ok":true,"result":[{"message_id":{"nested":true}}]})"}) {
    INFO(body);
    CHECK(read(new_message(hello), 200, body).kind == message_report::unknown);
    CHECK(read(edit(hello), 200, body).kind == message_report::unknown);
  }
}

TEST_CASE("any other refusal is final, with Telegram's code and words") {
  auto report = read(new_message(hello), 403,
                     refused("403", "Forbidden: bot was kicked"));
  CHECK(report.kind == message_report::rejected);
  CHECK(report.code == "403");
  CHECK(report.message == "Forbidden: bot was kicked");
}

TEST_CASE("a refusal without Telegram's words leaves open what happened") {
  for (const char* body : {"<html>502{\"ok\":false", "", "{}", "[]"})
    for (const auto& what : {new_message(hello), edit(hello)}) {
      auto report = read(what, 400, body);
      CHECK(report.kind == message_report::unknown);
      CHECK(report.message == "HTTP status 400 without a description of "
                              "Telegram's");
    }
}

TEST_CASE("an edit of a message that is not there tells so") {
  for (auto text : {"Bad Request: message to edit not found",
                    "Bad Request: message can't be edited",
                    "Bad Request: MESSAGE_ID_INVALID"}) {
    INFO(text);
    auto report = read(edit(hello), 400, refused("400", text));
    CHECK(report.kind == message_report::gone);
    CHECK(report.message == text);
    CHECK(read(new_message(hello), 400, refused("400", text)).kind ==
          message_report::rejected);
  }
  CHECK(read(edit(hello), 400, refused("400", "Bad Request: chat not found"))
            .kind == message_report::rejected);
}

TEST_CASE("no answer tells the token on, however it is repeated") {
  const std::string url =
      "http://127.0.0.1:1/bot" + std::string{token} + "/sendMessage";
  const std::string far(240, 'x'); // where a line is cut
  for (const auto& text : {url, far + url, far + "123456" + url}) {
    for (auto kind : {http_reply::not_sent, http_reply::broken}) {
      auto report = read_telegram_reply(bot(), new_message(hello),
                                        {kind, 0, {}, {}, text});
      CHECK(report.message.find("AbC") == std::string::npos);
    }
    auto report =
        read(new_message(hello), 400, refused("\"" + text + "\"", text));
    CHECK(report.message.find("AbC") == std::string::npos);
    CHECK(report.code.find("AbC") == std::string::npos);
  }
}

TEST_CASE("a token has digits, a colon and letters") {
  CHECK(is_telegram_token("123456:AbC-dEf_9"));
  for (auto text : {"", ":", "1:", ":a", "a:b", "1:a b", "1:a\n", "1:a/b", "1",
                    "1:a:b", "1:é"}) {
    INFO(text);
    CHECK(!is_telegram_token(text));
  }
}
