// What a Telegram bot is asked, and what its answers are taken for; and both
// together against the fake Telegram.
#include "adapters/telegram_control.hpp"
#include "adapters/telegram_updates.hpp"
#include "messenger_world.hpp"
#include "tests/support/fake_telegram.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;
using namespace holdfast::test;

namespace {

telegram_options asking_bot(std::string base_url = "http://127.0.0.1:1") {
  telegram_options at;
  at.base_url = std::move(base_url);
  at.token = "1234567:test-token";
  at.timeout = std::chrono::milliseconds{2000};
  return at;
}

fetched_chat updates_in(const std::string& body, int status = 200,
                        const std::string& retry_after = {}) {
  return read_telegram_updates(
      asking_bot(), {http_reply::replied, status, body, retry_after, {}});
}

/// One update, whose message has these members instead of the usual ones.
json update_with(std::int64_t number, const json& more = json::object()) {
  json message{{"message_id", 5},
               {"from", {{"id", 11}, {"is_bot", false}}},
               {"chat", {{"id", -500}, {"type", "supergroup"}}},
               {"date", 1'700'000'000},
               {"text", "/status"}};
  message.update(more);
  return {{"update_id", number}, {"message", message}};
}

std::string answer_of(const json& updates) {
  return json{{"ok", true}, {"result", updates}}.dump();
}

} // namespace

TEST_CASE("updates are asked for by a long poll, messages alone") {
  auto call = telegram_updates_request(asking_bot(), 42);
  CHECK(call.url == "http://127.0.0.1:1/bot1234567:test-token/getUpdates");
  CHECK(json::parse(call.body) == json{{"offset", 42},
                                       {"limit", 20},
                                       {"timeout", 25},
                                       {"allowed_updates", {"message"}}});
  CHECK(call.timeout > updates_wait);
  CHECK(call.at_most_once);
}

TEST_CASE("a message says who wrote what, where and when") {
  auto came = updates_in(answer_of(json::array({update_with(70)})));
  REQUIRE(came.ok);
  CHECK(came.next_offset == 71);
  REQUIRE(came.messages.size() == 1);
  auto& message = came.messages[0];
  CHECK(message.user_id == 11);
  CHECK(message.chat_id == -500);
  CHECK_FALSE(message.alone);
  CHECK(message.at_ms == 1'700'000'000'000);
  CHECK(message.text == "/status");
  auto alone = updates_in(answer_of(
      json::array({update_with(70, {{"chat", {{"id", 11}, {"type", "private"}}},
                                    {"text", "/locks a\nb\u0007"}})})));
  CHECK(alone.messages.at(0).alone);
  CHECK(alone.messages.at(0).text == "/locks a b ");
  auto none = updates_in(answer_of(json::array()));
  CHECK(none.ok);
  CHECK(none.next_offset == 0);
}

TEST_CASE("what nobody wrote himself is passed over, and confirmed") {
  for (const json& more :
       {json{{"forward_origin", {{"type", "user"}}}}, json{{"forward_date", 1}},
        json{{"sender_chat", {{"id", -500}}}}, json{{"via_bot", {{"id", 1}}}},
        json{{"from", {{"id", 11}, {"is_bot", true}}}}, json{{"from", nullptr}},
        json{{"from", {{"id", "11"}}}}, json{{"chat", 5}},
        json{{"date", "now"}}, json{{"date", -1}},
        json{{"date", 1'000'000'000'000'000}}, json{{"text", 5}}}) {
    INFO(more.dump());
    auto came = updates_in(answer_of(json::array({update_with(70, more)})));
    CHECK(came.ok);
    CHECK(came.messages.empty());
    CHECK(came.next_offset == 71);
  }
  auto odd = updates_in(answer_of(json::array(
      {json{{"update_id", 72}, {"edited_message", {{"text", "/pause"}}}},
       json{{"update_id", 71}}, json(5)})));
  CHECK(odd.ok);
  CHECK(odd.messages.empty());
  CHECK(odd.next_offset == 73);
}

TEST_CASE("an answer that cannot be read is none, and confirms nothing") {
  for (std::string body :
       {"", "{", "[]", R"({"ok":true})", R"({"ok":true,"result":{}})",
        R"({"ok":true,"result":[{"message":{}}]})", R"({"result":[]})"}) {
    INFO(body);
    auto came = updates_in(body);
    CHECK_FALSE(came.ok);
    CHECK(came.next_offset == 0);
    CHECK(came.why == "Telegram's answer cannot be read");
  }
}

TEST_CASE("a refusal is told with its reason, without the token") {
  auto refused = [](int code, const std::string& why) {
    return updates_in(json{{"ok", false}, {"description", why}}.dump(), code)
        .why;
  };
  CHECK(refused(409, "Conflict: 1234567:test-token").find("test-token") ==
        std::string::npos);
  CHECK(refused(409, "Conflict: only one").find("another program") == 0);
  CHECK(refused(401, "Unauthorized").find("token (HTTP 401)") !=
        std::string::npos);
  CHECK(refused(502, "Bad\nGateway") == "Telegram answers HTTP 502: Bad "
                                        "Gateway");
  CHECK(updates_in("", 500).why == "Telegram answers HTTP 500");
  CHECK(updates_in(R"({"ok":false,"parameters":{"retry_after":7}})", 429)
            .retry_after_ms == 7000);
  CHECK(updates_in("", 429, "3").retry_after_ms == 3000);
  auto broken = read_telegram_updates(
      asking_bot(), {http_reply::broken, 0, {}, {}, "no answer in time"});
  CHECK(broken.why == "Telegram does not answer: no answer in time");
}

TEST_CASE("a bot asks for its name") {
  auto call = telegram_self_request(asking_bot());
  CHECK(call.method == "GET");
  CHECK(call.url == "http://127.0.0.1:1/bot1234567:test-token/getMe");
  auto named = [](const std::string& body) {
    return read_telegram_self(asking_bot(),
                              {http_reply::replied, 200, body, {}, {}});
  };
  CHECK(named(R"({"ok":true,"result":{"username":"hf_bot"}})").bot_name ==
        "hf_bot");
  CHECK_FALSE(named(R"({"ok":true,"result":{}})").ok);
}

namespace {

struct control_world {
  control_world() : sys((init_types(cfg), cfg)) {}
  ~control_world() { stop(); }

  void stop() {
    if (channel)
      caf::anon_send_exit(channel, caf::exit_reason::user_shutdown);
    channel = nullptr;
  }

  template <class T, class Question>
  T ask(Question what) {
    caf::scoped_actor self{sys};
    T answer;
    self->request(channel, std::chrono::seconds{40}, std::move(what))
        .receive([&](T& x) { answer = std::move(x); },
                 [](const caf::error& why) { FAIL(to_string(why)); });
    CHECK(answer.why.find("test-token") == std::string::npos);
    return answer;
  }

  fake_telegram telegram;
  caf::actor_system_config cfg;
  caf::actor_system sys;
  control_channel_actor channel = spawn_telegram_control(
      sys, asking_bot(telegram.url()), std::make_shared<http_caller>());
};

} // namespace

TEST_CASE_FIXTURE(control_world, "a bot fetches what was written to it, and "
                                 "writes back") {
  telegram.updates(update_with(70));
  auto came = ask<fetched_chat>(fetch_chat{0});
  REQUIRE(came.ok);
  CHECK(came.bot_name == "holdfast_test_bot");
  REQUIRE(came.messages.size() == 1);
  auto wrote = ask<wrote_chat>(write_chat{-500, "<b>1 &lt; 2</b>"});
  CHECK(wrote.kind == wrote_chat::sent);
  CHECK(telegram.messages_of(-500).at(0)["plain"] == "1 < 2");
  telegram.updates(update_with(71));
  CHECK(ask<fetched_chat>(fetch_chat{came.next_offset}).next_offset == 72);
  CHECK(telegram.state()["updates"].size() == 1);
}

TEST_CASE_FIXTURE(control_world, "trouble is told, and nothing is repeated") {
  telegram.faults({{"on", "me"}, {"fault", "500_before"}});
  CHECK(ask<fetched_chat>(fetch_chat{0}).why.find("HTTP 500") !=
        std::string::npos);
  auto number = 70;
  for (std::string fault : {"429", "drop_request", "malformed", "wrong_shape",
                            "truncated", "reject"}) {
    INFO(fault);
    telegram.faults({{"on", "updates"}, {"fault", fault}});
    telegram.updates(update_with(++number));
    CHECK_FALSE(ask<fetched_chat>(fetch_chat{0}).ok);
    CHECK(telegram.faults_left().empty());
  }
  auto came_of = [&](const char* fault) {
    telegram.faults({{"on", "send"}, {"fault", fault}, {"retryAfterS", 4}});
    return ask<wrote_chat>(write_chat{-500, "hello"});
  };
  CHECK(came_of("429").retry_after_ms == 4000);
  CHECK(came_of("429").kind == wrote_chat::unsure);
  CHECK(came_of("500_after").kind == wrote_chat::unsure);
  CHECK(came_of("drop_response").kind == wrote_chat::unsure);
  CHECK(came_of("reject").kind == wrote_chat::refused);
  telegram.migrate(-500, -100'500);
  CHECK(ask<wrote_chat>(write_chat{-500, "hello"}).kind == wrote_chat::refused);
  CHECK(telegram.messages_of(-500).size() == 2); // one for each that arrived
}

TEST_CASE_FIXTURE(control_world, "a bot that ends answers a poll that waits") {
  caf::scoped_actor self{sys};
  auto waiting = self->request(channel, std::chrono::seconds{20}, fetch_chat{});
  while (telegram.state()["requests"]["getUpdates"] == 0) {
  }
  stop();
  auto ended = false;
  waiting.receive([&](fetched_chat& x) { ended = !x.ok; },
                  [&](const caf::error&) { ended = true; });
  CHECK(ended);
}
