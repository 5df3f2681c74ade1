// Which requests are the same transaction, and which are none at all.
#include "rules/idempotency.hpp"
#include "rules/sha256.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace holdfast;

namespace {

acquire_lock buy(std::string data = R"({"price":"100.5","quantity":2})") {
  acquire_lock request;
  request.resource = "trade:BTCUSDT:BUY:snipe-1";
  request.owner_id = "bot-1";
  request.data = std::move(data);
  return request;
}

prepared accepted(const acquire_lock& request, const lock_limits& limits = {}) {
  auto result = prepare(request, limits);
  if (auto bad = std::get_if<problem>(&result))
    FAIL(bad->detail);
  return std::get<prepared>(result);
}

std::string key_of(const acquire_lock& request) {
  return accepted(request).work.idempotency_key;
}

std::string refused(const acquire_lock& request) {
  auto result = prepare(request, {});
  auto bad = std::get_if<problem>(&result);
  if (!bad)
    return "accepted";
  CHECK(bad->code == errc::invalid);
  return bad->detail;
}

/// What is said of a request that `change` made bad.
template <class Change>
std::string refused_when(Change change) {
  auto request = buy();
  change(request);
  return refused(request);
}

} // namespace

TEST_CASE("M1: a derived key is the SHA-256 of the canonical transaction") {
  // Computed by other means over the texts {"ownerId":"bot-1",
  // "resourceId":...,"transactionData":{"price":"100.5","quantity":2},
  // "transactionType":"trade"} and the same without resource and data.
  CHECK(key_of(buy()) ==
        "f1c9d3f0fa401d208bce2205d340c27cd4bfde2d1b63c3098a9830b87f8824e7");
  CHECK(to_hex(accepted(buy()).work.fingerprint) ==
        "044a031c7a47ed259e3c22d5f1880e338e7208189621a8c2f0fd5187b57a05fa");
  auto bare = buy("");
  bare.idempotency_key = "my-key";
  CHECK(to_hex(accepted(bare).work.fingerprint) ==
        "009e2c8846465f778494972c04de99879d9baae4e70179605631dc04a7c3257c");
}

TEST_CASE("M1: texts that collided under the old hash have keys of their own") {
  std::set<std::string> keys;
  for (auto text : {"Aa", "BB", "AaAa", "BBBB", "AaBB", "BBAa"}) {
    keys.insert(key_of(buy(std::string{"{\"note\":\""} + text + "\"}")));
    auto named = buy();
    named.owner_id = text;
    keys.insert(key_of(named));
    named.resource = text;
    keys.insert(key_of(named));
  }
  CHECK(keys.size() == 18);
  CHECK(key_digest("Aa") != key_digest("BB"));
}

TEST_CASE("M17: price and quantity change the key, and so does all else") {
  std::set<std::string> keys;
  for (auto data :
       {R"({"symbol":"BTCUSDT","quantity":"1","price":"100"})",
        R"({"symbol":"BTCUSDT","quantity":"1","price":"101"})",
        R"({"symbol":"BTCUSDT","quantity":"2","price":"100"})",
        R"({"symbol":"BTCUSDT","quantity":"1","price":100})",
        R"({"symbol":"BTCUSDT","quantity":"1"})",
        R"({"symbol":"BTCUSDT","quantity":"1","price":null})",
        R"({"symbol":"BTCUSDT","quantity":"1","price":"100.0"})",
        R"({"symbol":"BTCUSDT","quantity":"1","price":"100","x":[{}]})"}) {
    keys.insert(key_of(buy(data)));
    keys.insert(to_hex(accepted(buy(data)).work.fingerprint));
  }
  CHECK(keys.size() == 16);
  auto request = buy();
  auto key = key_of(request);
  request.type = transaction_type::cancel;
  CHECK(key_of(request) != key);
  request = buy();
  request.owner_id = "bot-2";
  CHECK(key_of(request) != key);
  request = buy();
  request.resource = "trade:ETHUSDT:BUY:snipe-1";
  CHECK(key_of(request) != key);
}

TEST_CASE("one transaction has one key however it is spelled") {
  auto key = key_of(buy());
  CHECK(key_of(buy(" {\"quantity\" : 2.0 ,\"price\":\"\\u003100.5\"}")) == key);
  auto again = buy();
  again.priority = 1;
  again.timeout_ms = 5;
  again.max_retries = 0;
  again.otherwise = when_locked::reject;
  again.owner = owner_type::system;
  CHECK(key_of(again) == key);
}

TEST_CASE("parts of a transaction cannot be shifted into each other") {
  auto a = buy();
  a.owner_id = R"(x","resourceId":"y)";
  a.resource = "z";
  auto b = buy();
  b.owner_id = "x";
  b.resource = R"(y","resourceId":"z)";
  CHECK(key_of(a) != key_of(b));
}

TEST_CASE("a key that is given is taken; the fingerprint tells the data") {
  auto first = buy();
  first.idempotency_key = "my-key";
  auto second = buy(R"({"price":"99"})");
  second.idempotency_key = "my-key";
  auto a = accepted(first).work;
  auto b = accepted(second).work;
  CHECK(a.idempotency_key == "my-key");
  CHECK(b.idempotency_key == "my-key");
  CHECK(a.fingerprint != b.fingerprint);
  CHECK(a.fingerprint == accepted(buy()).work.fingerprint);
  CHECK(key_digest("my-key") == sha256("my-key"));
}

TEST_CASE("without key and data it is a plain mutex") {
  CHECK(key_of(buy("")).empty());
  CHECK(key_of(buy(" null ")).empty());
  CHECK(accepted(buy("null")).work.data.empty());
  CHECK(accepted(buy("")).work.fingerprint == digest{});
  CHECK_FALSE(key_of(buy("{}")).empty());
  CHECK_FALSE(key_of(buy("false")).empty());
}

TEST_CASE("defaults are filled in, and what was given is kept") {
  lock_limits limits;
  limits.timeout_ms = 1234;
  limits.max_retries = 7;
  auto plain = accepted(buy(), limits);
  CHECK(plain.work.priority == 5);
  CHECK(plain.work.timeout_ms == 1234);
  CHECK(plain.work.max_retries == 7);
  CHECK(plain.otherwise == when_locked::queue);
  auto request = buy(" [ 1.50, \"\\u0041\" ] ");
  request.owner = owner_type::workflow;
  request.type = transaction_type::signal;
  request.priority = 10;
  request.timeout_ms = 3'600'000;
  request.max_retries = 0;
  request.otherwise = when_locked::wait;
  request.wait_ms = 300'000;
  request.task = "order";
  request.caller = 99;
  auto full = accepted(request, limits);
  CHECK(full.work.resource == request.resource);
  CHECK(full.work.owner_id == "bot-1");
  CHECK(full.work.owner == owner_type::workflow);
  CHECK(full.work.type == transaction_type::signal);
  CHECK(full.work.data == R"([1.50,"A"])");
  CHECK(full.work.priority == 10);
  CHECK(full.work.timeout_ms == 3'600'000);
  CHECK(full.work.max_retries == 0);
  CHECK(full.work.task == "order");
  CHECK(full.otherwise == when_locked::wait);
  CHECK(full.wait_ms == 300'000);
  CHECK(full.caller == 99);
}

TEST_CASE("resource, owner and key are 1 to 256 bytes without controls") {
  CHECK_FALSE(validate_key("ownerId", std::string(256, 'x')));
  CHECK_FALSE(validate_key("ownerId", " a/b:ö€😂\u00a0"));
  auto why = [](std::string_view text) {
    auto bad = validate_key("ownerId", text);
    return bad ? bad->detail : "accepted";
  };
  CHECK(why("") == "ownerId is empty; it must have 1 to 256 bytes");
  CHECK(why(std::string(257, 'x')) ==
        "ownerId has 257 bytes; it must have 1 to 256");
  CHECK(why("ab\xFF") == "ownerId is not valid UTF-8 at byte 3");
  CHECK(why("ab\xC2") == "ownerId is not valid UTF-8 at byte 3");
  for (std::string control :
       {"\x01", "\t", "\n", "\x1F", "\x7F", "\xC2\x80", "\xC2\x9F", "\xC2\x85"})
    CHECK(why("a" + control + "b") ==
          "ownerId has a control character at byte 2; it must have none");
  CHECK(why(std::string_view{"a\0b", 3}).find("byte 2") != std::string::npos);
}

TEST_CASE("a bad field is named as in the HTTP API") {
  CHECK(refused_when([](auto& x) { x.resource = ""; }) ==
        "resourceId is empty; it must have 1 to 256 bytes");
  CHECK(refused_when([](auto& x) { x.owner_id = "a\nb"; }) ==
        "ownerId has a control character at byte 2; it must have none");
  CHECK(refused_when([](auto& x) { x.idempotency_key.assign(257, 'k'); }) ==
        "idempotencyKey has 257 bytes; it must have 1 to 256");
  CHECK(refused_when([](auto& x) { x.task = "\xFF"; }) ==
        "task is not valid UTF-8 at byte 1");
  CHECK(refused_when([](auto& x) { x.priority = 11; }) ==
        "priority is 11; it must be 1 to 10");
  CHECK(refused_when([](auto& x) { x.timeout_ms = 3'600'001; }) ==
        "timeoutMs is 3600001; it must be 1 to 3600000");
  CHECK(refused_when([](auto& x) { x.timeout_ms = -1; }) ==
        "timeoutMs is -1; it must be 1 to 3600000");
  CHECK(refused_when([](auto& x) { x.max_retries = 101; }) ==
        "maxRetries is 101; it must be 0 to 100");
  CHECK(refused_when([](auto& x) { x.max_retries = -2; }) ==
        "maxRetries is -2; it must be 0 to 100");
  CHECK(refused_when([](auto& x) { x.owner = owner_type{3}; }) ==
        "ownerType has the value 3, which has no meaning");
  CHECK(refused_when([](auto& x) { x.type = transaction_type{4}; }) ==
        "transactionType has the value 4, which has no meaning");
  CHECK(refused_when([](auto& x) { x.otherwise = when_locked{3}; }) ==
        "onLocked has the value 3, which has no meaning");
}

TEST_CASE("waitMs counts only for those that wait") {
  for (auto wait_ms : {0, 300'001, -5}) {
    auto change = [&](acquire_lock& x) {
      x.otherwise = when_locked::wait;
      x.wait_ms = wait_ms;
    };
    CHECK(refused_when(change) ==
          "waitMs is " + std::to_string(wait_ms) + "; it must be 1 to 300000");
    auto queued = buy();
    queued.wait_ms = wait_ms;
    CHECK(refused(queued) == "accepted");
  }
}

TEST_CASE("bad transaction data is refused with its reason") {
  CHECK(refused(buy("{\"a\":}")) ==
        "transactionData is not valid JSON: expected a value but found "
        "'}' at byte 6");
  CHECK(refused(buy(" ")).find("transactionData is not valid JSON") == 0);
  CHECK(refused(buy(R"({"a":1,"a":2})")).find("stands twice") !=
        std::string::npos);
  CHECK(refused(buy(R"({"price":0.30000000000000001})")) ==
        "transactionData is not exact: the number 0.30000000000000001 "
        "would be read as 0.3; send it as a string");
  auto keyed = buy(R"({"id":12345678901234567890})");
  keyed.idempotency_key = "k";
  CHECK(refused(keyed).find("12345678901234567890") != std::string::npos);
}
