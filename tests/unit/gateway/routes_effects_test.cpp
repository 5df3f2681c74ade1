// The operator's word on effects: what reaches the actors, what comes back.
#include "gateway/shapes.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

namespace {

const std::string target = "/v1/effects/effect-5f3a9c1e-7/resolve";

effect_record unknown_order() {
  effect_record effect;
  effect.id = {0x5F3A9C1E, 7};
  effect.kind = "order";
  effect.resource = "trade:BTCUSDT";
  effect.lock = {0x5F3A9C1E, 5};
  effect.state = effect_state::unknown;
  effect.intent = R"({"clientOrderId":"ABC","symbol":"BTCUSDT"})";
  return effect;
}

struct effects_world : gateway_world {
  effects_world() { know(unknown_order()); }

  void know(const effect_record& effect) {
    service.set([&](canned_answers& to) { to.effect = effect; });
  }
};

} // namespace

TEST_CASE_FIXTURE(effects_world, "one effect is shown") {
  auto answer = call("GET", "/v1/effects/effect-5f3a9c1e-7");
  CHECK(answer.status == 200);
  CHECK(answer.body == to_json(unknown_order()));
  CHECK(service.await<get_effect>().id == unknown_order().id);
  CHECK(call("GET", "/v1/effects/lock-5f3a9c1e-7").status == 404);
}

TEST_CASE_FIXTURE(effects_world, "a resolution goes to the lock of its effect, "
                                 "with who and why") {
  auto answer = call("POST", target,
                     R"({"outcome":"done","reason":"seen","reference":"42"})");
  CHECK(answer.status == 200);
  CHECK(answer.body == to_json(unknown_order()));
  auto cmd = service.await<resolve_lock>();
  CHECK(cmd.resource == "trade:BTCUSDT");
  CHECK(cmd.id == unknown_order().lock);
  CHECK(cmd.outcome == resolution::done);
  CHECK(cmd.reason == "seen");
  CHECK_FALSE(cmd.actor.empty());
  CHECK(cmd.result == R"({"orderId":"42","clientOrderId":"ABC"})");
  // The effect is read again when it has been resolved.
  CHECK(service.times<get_effect>() == 2);
}

TEST_CASE_FIXTURE(effects_world, "nothing is made up about an order that an "
                                 "operator knows little of") {
  call("POST", target, R"({"outcome":"done","reason":"seen"})");
  CHECK(service.await<resolve_lock>().result == R"({"clientOrderId":"ABC"})");
  call("POST", target, R"({"outcome":"failed","reason":"not there"})");
  auto failed = service.await<resolve_lock>(2);
  CHECK(failed.outcome == resolution::failed);
  CHECK(failed.result.empty());
  call("POST", target, R"({"outcome":"retry","reason":"not there"})");
  CHECK(service.await<resolve_lock>(3).outcome == resolution::retry);
}

TEST_CASE_FIXTURE(effects_world, "a resolution says what happened, and why") {
  for (auto body :
       {R"({"reason":"x"})", R"({"outcome":"done"})",
        R"({"outcome":"maybe","reason":"x"})",
        R"({"outcome":"done","reason":""})",
        R"({"outcome":"failed","reason":"x","reference":"42"})",
        R"({"outcome":"done","reason":"x","orderId":"42"})", "[]", "{"}) {
    INFO(body);
    CHECK(call("POST", target, body).status == 400);
  }
  CHECK(service.times<resolve_lock>() == 0);
}

TEST_CASE_FIXTURE(effects_world, "only what is unknown is resolved") {
  auto body = R"({"outcome":"done","reason":"seen"})";
  auto effect = unknown_order();
  for (auto [state, code] : {std::pair{effect_state::pending, "in-progress"},
                             {effect_state::sending, "in-progress"},
                             {effect_state::done, "stale-lock"},
                             {effect_state::failed, "stale-lock"}}) {
    effect.state = state;
    know(effect);
    auto answer = call("POST", target, body);
    CHECK(answer.status == 409);
    CHECK(answer.body.find(code) != std::string::npos);
  }
  CHECK(service.times<resolve_lock>() == 0);
  service.set([](canned_answers& to) {
    to.refusal = problem{errc::not_found, "no such effect", "", "", 0, 0};
  });
  CHECK(call("POST", target, body).status == 404);
}

namespace {

effect_record unknown_message(std::string_view kind = telegram_send) {
  auto effect = unknown_order();
  effect.kind = kind;
  effect.resource = "position:acc-1:7";
  effect.lock = {};
  effect.intent = R"({"text":"BUY","chatId":"-100"})";
  return effect;
}

} // namespace

TEST_CASE_FIXTURE(effects_world, "R10: an operator's word on a message goes to "
                                 "its position, with who and why") {
  for (auto kind : {telegram_send, telegram_edit, signal_webhook}) {
    know(unknown_message(kind));
    auto answer =
        call("POST", target, R"({"outcome":"retry","reason":"not there"})");
    CHECK(answer.status == 200);
    CHECK(answer.body == to_json(unknown_message(kind)));
  }
  auto cmd = service.await<resolve_message>(3);
  CHECK(cmd.resource == "position:acc-1:7");
  CHECK(cmd.effect == unknown_message().id);
  CHECK(cmd.outcome == resolution::retry);
  CHECK(cmd.message_id == 0);
  CHECK(cmd.reason == "not there");
  CHECK(cmd.actor == "local");
  CHECK(service.times<resolve_lock>() == 0);
}

TEST_CASE_FIXTURE(effects_world, "a message that was sent has its number in "
                                 "Telegram, if the operator knows it") {
  know(unknown_message());
  auto resolve = [&](const std::string& reference) {
    return call("POST", target,
                R"({"outcome":"done","reason":"seen","reference":")" +
                    reference + "\"}")
        .status;
  };
  CHECK(resolve("4711") == 200);
  CHECK(service.await<resolve_message>(1).message_id == 4711);
  CHECK(call("POST", target, R"({"outcome":"done","reason":"seen"})").status ==
        200);
  CHECK(service.await<resolve_message>(2).message_id == 0);
  for (auto bad : {"0", "-1", "4711x", "0x1", "1.0", "1e3", "t.me/c/1/4711",
                   "99999999999999999999"}) {
    INFO(bad);
    CHECK(resolve(bad) == 400);
  }
  know(unknown_message(signal_webhook));
  CHECK(resolve("4711") == 400);
  CHECK(service.times<resolve_message>() == 2);
}

TEST_CASE_FIXTURE(effects_world, "a message that is not unknown is not "
                                 "resolved") {
  auto message = unknown_message();
  message.state = effect_state::sending;
  know(message);
  auto answer = call("POST", target, R"({"outcome":"done","reason":"seen"})");
  CHECK(answer.status == 409);
  CHECK(answer.body.find("in-progress") != std::string::npos);
  CHECK(answer.body.find("lockId") == std::string::npos);
  CHECK(service.times<resolve_message>() == 0);
}

TEST_CASE_FIXTURE(effects_world, "a requeued message is answered as the effect "
                                 "that it is") {
  know(unknown_message());
  service.set([](canned_answers& to) {
    to.entry = {};
    to.entry.effect = unknown_message().id;
  });
  auto answer = call("POST", "/v1/dead-letters/dead-0000abcd-9/requeue");
  CHECK(answer.status == 202);
  CHECK(answer.header("Location") == "/v1/effects/effect-5f3a9c1e-7");
  CHECK(answer.body == to_json(unknown_message()));
  CHECK(service.await<get_effect>().id == unknown_message().id);
}
