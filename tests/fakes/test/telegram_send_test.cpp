// Token, chats, texts and replies of sendMessage, and what is kept of it.
#include "tests/fakes/test/telegram_world.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

/// 🙂: four bytes of UTF-8, two code units of UTF-16.
const std::string smile = "\xf0\x9f\x99\x82";

std::string times(std::size_t count, const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i)
    result += text;
  return result;
}

} // namespace

TEST_CASE_FIXTURE(telegram_world, "a message is answered and kept") {
  auto before = wall_ms();
  auto answer = send("BUY EURUSD");
  CHECK(answer.status == 200);
  CHECK(answer.body["ok"] == true);
  auto result = answer.body["result"];
  CHECK(result["message_id"] == 1);
  CHECK(result["text"] == "BUY EURUSD");
  CHECK(result["chat"]["id"] == some_chat);
  CHECK(result["from"]["is_bot"] == true);
  CHECK(result["date"].get<std::int64_t>() >= before / 1000);
  CHECK_FALSE(result.contains("entities"));
  auto kept = messages().at(0);
  CHECK(kept["messageId"] == 1);
  CHECK(kept["text"] == "BUY EURUSD");
  CHECK(kept["plain"] == "BUY EURUSD");
  CHECK(kept["parseMode"] == "");
  CHECK(kept["edits"].empty());
  CHECK_FALSE(kept.contains("replyTo"));
  CHECK(kept["sentAtMs"].get<std::int64_t>() >= before);
  CHECK(kept["sentAtMs"].get<std::int64_t>() <= wall_ms());
}

TEST_CASE_FIXTURE(telegram_world, "the same text sent twice is two messages") {
  CHECK(send("a").body["result"]["message_id"] == 1);
  CHECK(send("a").body["result"]["message_id"] == 2);
  CHECK(messages().size() == 2);
}

TEST_CASE_FIXTURE(telegram_world, "message ids count from 1 in each chat") {
  send("a");
  send("b");
  auto other = send("c", {{"chat_id", -1'002'000'000'000}});
  CHECK(other.body["result"]["message_id"] == 1);
  CHECK(other.body["result"]["chat"]["type"] == "supergroup");
  CHECK(send("d", {{"chat_id", 7}}).body["result"]["chat"]["type"] ==
        "private");
  CHECK(send("e").body["result"]["message_id"] == 3);
  CHECK(telegram.messages_of(-1'002'000'000'000).size() == 1);
  CHECK(telegram.messages_of(8).empty());
}

TEST_CASE_FIXTURE(telegram_world, "the log has every chat's acts in order") {
  send("a");
  send("b", {{"chat_id", 7}});
  edit(1, "c");
  send(""); // refused
  auto log = telegram.log();
  REQUIRE(log.size() == 3);
  CHECK(log[0]["seq"] == 1);
  CHECK(log[0]["method"] == "sendMessage");
  CHECK(log[0]["chatId"] == some_chat);
  CHECK(log[0]["messageId"] == 1);
  CHECK(log[0]["text"] == "a");
  CHECK(log[1]["chatId"] == 7);
  CHECK(log[2]["seq"] == 3);
  CHECK(log[2]["method"] == "editMessageText");
  CHECK(log[2]["messageId"] == 1);
  CHECK(log[2]["text"] == "c");
}

TEST_CASE_FIXTURE(telegram_world, "a form and a query string serve as JSON") {
  header_map form{{"Content-Type", "application/x-www-form-urlencoded"}};
  auto posted = http.send("POST", path("sendMessage"),
                          "chat_id=-100&text=1+%2B+1%0A%3Cb%3E", form);
  CHECK(posted.body["result"]["text"] == "1 + 1\n<b>");
  auto got = http.get(path("sendMessage") + "?chat_id=-100&text=a%20b");
  CHECK(got.body["result"]["text"] == "a b");
  auto mixed =
      http.post(path("SENDmessage") + "?chat_id=-100", {{"text", "c"}});
  CHECK(mixed.body["result"]["message_id"] == 3);
  CHECK(messages().size() == 3);
}

TEST_CASE_FIXTURE(telegram_world, "a wrong token is unauthorized") {
  auto answer = http.post("/bot1234567:another/sendMessage", message("a"));
  CHECK(answer.status == 401);
  CHECK(answer.body == refusal(401, "Unauthorized"));
  CHECK(http.get("/bot/getMe").status == 401);
  CHECK(messages().empty());
  CHECK(refused("token") == 2);
}

TEST_CASE_FIXTURE(telegram_world, "a token's colon may be percent-encoded") {
  CHECK(http.get("/bot1234567%3Atest-token/getMe").status == 200);
}

TEST_CASE_FIXTURE(telegram_world, "what is no call of the Bot API is 404") {
  CHECK(http.get(path("getNothing")).body == refusal(404, "Not Found"));
  CHECK(http.get("/").status == 404);
  CHECK(http.get("/botsendMessage").status == 404);
  CHECK(http.get("/fake/nope").status == 404);
  CHECK(http.send("POST", "/fake/nope").status == 404);
  CHECK(http.send("PATCH", "/fake/limits").status == 404);
  CHECK(refused("method") == 3);
}

TEST_CASE_FIXTURE(telegram_world, "getMe tells the bot's id") {
  auto answer = http.get(path("getMe"));
  CHECK(answer.body["ok"] == true);
  CHECK(answer.body["result"]["id"] == 1234567);
  CHECK(answer.body["result"]["is_bot"] == true);
}

TEST_CASE_FIXTURE(telegram_world, "a body that is no JSON object is refused") {
  header_map typed{{"Content-Type", "application/json"}};
  for (auto body : {"{", "[1]", "\"a\"", ""})
    CHECK(http.send("POST", path("sendMessage"), body, typed).status == 400);
  CHECK(refused("parameter") == 4);
}

TEST_CASE_FIXTURE(telegram_world,
                  "any chat is there, until a test says which") {
  telegram.know({some_chat});
  CHECK(send("a").status == 200);
  auto answer = send("a", {{"chat_id", 7}});
  CHECK(answer.status == 400);
  CHECK(answer.body == refusal(400, "Bad Request: chat not found"));
  CHECK(refused("chat") == 1);
  http.post("/fake/chats", {{"known", nullptr}});
  CHECK(send("a", {{"chat_id", 7}}).status == 200);
}

TEST_CASE_FIXTURE(telegram_world, "a chat is named by its number") {
  CHECK(send("a", {{"chat_id", "-100"}}).body["result"]["message_id"] == 1);
  CHECK(send("a", {{"chat_id", "@nobody"}}).body["description"] ==
        "Bad Request: chat not found");
  CHECK(send("a", {{"chat_id", ""}}).body["description"] ==
        "Bad Request: chat_id is empty");
  CHECK(call("sendMessage", {{"text", "a"}}).body["description"] ==
        "Bad Request: chat_id is empty");
}

TEST_CASE_FIXTURE(telegram_world, "an empty text is refused") {
  CHECK(send("").body == refusal(400, "Bad Request: message text is empty"));
  CHECK(call("sendMessage", {{"chat_id", 1}}).body ==
        refusal(400, "Bad Request: message text is empty"));
  for (auto text : {" \n\t", "<b></b>", "<i> </i>"})
    CHECK(send_html(text).body ==
          refusal(400, "Bad Request: text must be non-empty"));
  CHECK(refused("text") == 5);
  CHECK(messages().empty());
}

TEST_CASE_FIXTURE(telegram_world, "a text of 4096 UTF-16 code units fits") {
  CHECK(send(times(4096, "a")).status == 200);
  CHECK(send(times(2048, smile)).status == 200);
  CHECK(send(times(4096, "\xd0\xb6")).status == 200); // ж: two bytes, one unit
  for (const auto& text : {times(4097, "a"), times(2048, smile) + "a"})
    CHECK(send(text).body == refusal(400, "Bad Request: message is too long"));
  CHECK(refused("text") == 2);
}

TEST_CASE_FIXTURE(telegram_world, "a text is measured without its markup") {
  CHECK(send_html("<b>" + times(4095, "a") + "</b>&amp;").status == 200);
  CHECK(send_html("<b>" + times(4096, "a") + "</b>&amp;").status == 400);
  CHECK(send(times(4095, "a") + "&amp;").status == 400);
  CHECK(send("  " + times(4096, "a") + "\n").status == 200);
}

TEST_CASE_FIXTURE(telegram_world, "a text must be UTF-8") {
  header_map form{{"Content-Type", "application/x-www-form-urlencoded"}};
  for (auto bytes : {"%ff", "%c0%80", "%e2%82", "%ed%a0%80", "%f4%90%80%80",
                     "%e0%80%80", "%f0%80%80%80", "%c3%28"}) {
    auto answer = http.send("POST", path("sendMessage"),
                            std::string{"chat_id=1&text=a"} + bytes, form);
    CHECK(answer.body ==
          refusal(400, "Bad Request: strings must be encoded in UTF-8"));
  }
}

TEST_CASE_FIXTURE(telegram_world, "a reply names the message it replies to") {
  send("a");
  auto answer = send("b", {{"reply_parameters", {{"message_id", 1}}}});
  CHECK(answer.body["result"]["reply_to_message"]["message_id"] == 1);
  CHECK(messages().at(1)["replyTo"] == 1);
  auto form = http.get(path("sendMessage") + "?chat_id=-100&text=c" +
                       "&reply_parameters=%7B%22message_id%22%3A2%7D");
  CHECK(form.body["result"]["reply_to_message"]["message_id"] == 2);
}

TEST_CASE_FIXTURE(telegram_world, "a reply to nothing is refused, or none") {
  send("a", {{"chat_id", 7}});
  auto answer = send("b", {{"reply_parameters", {{"message_id", 1}}}});
  CHECK(answer.body ==
        refusal(400, "Bad Request: message to be replied not found"));
  CHECK(refused("reply") == 1);
  CHECK(messages().empty());
  json may{{"message_id", 1}, {"allow_sending_without_reply", true}};
  answer = send("b", {{"reply_parameters", may}});
  CHECK(answer.status == 200);
  CHECK_FALSE(answer.body["result"].contains("reply_to_message"));
  CHECK_FALSE(messages().at(0).contains("replyTo"));
  CHECK(send("b", {{"reply_parameters", "1"}}).status == 400);
}

TEST_CASE_FIXTURE(telegram_world, "every request is counted, refused or not") {
  send("a");
  send("");
  edit(1, "b");
  http.get(path("getMe"));
  http.get(path("getUpdates"));
  http.get("/nothing");
  json seen{{"sendMessage", 2},
            {"editMessageText", 1},
            {"getUpdates", 1},
            {"getMe", 1},
            {"other", 1}};
  CHECK(telegram.state()["requests"] == seen);
}
