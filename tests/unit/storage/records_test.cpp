// The bytes of records and keys: nothing is lost, nothing is over-read.
#include "sample.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <random>

using namespace holdfast;

namespace {

lock_record full_lock() {
  lock_record x;
  x.id = {0xdeadbeef, std::numeric_limits<std::uint64_t>::max()};
  x.work = sample::work("trade:BTCUSDT", "key-1");
  x.work.task = "telegram";
  x.work.owner = owner_type::workflow;
  x.work.type = transaction_type::signal;
  x.work.priority = 10;
  x.work.max_retries = std::numeric_limits<std::uint32_t>::max();
  x.status = lock_status::in_doubt;
  x.attempts = 3;
  x.acquired_at_ms = 1'700'000'000'000;
  x.expires_at_ms = std::numeric_limits<std::int64_t>::max();
  x.released_at_ms = -1;
  x.result = std::string{"{\"a\":\0}", 7};
  x.error = "no";
  x.ended_by = "operator";
  x.deadline_boot_us = std::numeric_limits<std::int64_t>::min();
  x.boot_id = 0x0123456789abcdef;
  x.retry_boot_us = 77;
  x.entry = {0xdeadbeef, 300};
  x.claimed = false;
  return x;
}

entry_record full_entry() {
  entry_record x;
  x.id = {1, 128};
  x.work = sample::work("r", "k");
  x.status = entry_status::granted;
  x.lasting = false;
  x.queued_at_ms = 5;
  x.settled_at_ms = 6;
  x.granted = {1, 127};
  return x;
}

dead_letter full_letter() {
  dead_letter x;
  x.id = {1, 9};
  x.kind = "task_failed";
  x.work = sample::work("r", "k");
  x.lock = {1, 7};
  x.entry = {1, 6};
  x.reason = "it failed";
  x.attempts = 4;
  x.at_ms = 1234;
  return x;
}

const journal_event full_event{
    42,      1234,   event_kind::force_released, "r", {1, 7},
    "bot-1", "desk", R"({"why":"stuck"})"};
effect_record full_effect() {
  effect_record x;
  x.id = {1, 9};
  x.kind = "order";
  x.resource = "r";
  x.owner_id = "bot-1";
  x.lock = {1, 7};
  x.beside = true;
  x.state = effect_state::unknown;
  x.attempts = 3;
  x.intent = R"({"symbol":"BTCUSDT"})";
  x.outcome = "{}";
  x.created_at_ms = 1234;
  x.updated_at_ms = 5678;
  return x;
}

trade_record full_trade() {
  trade_record x;
  x.id = {1, 8};
  x.work = full_entry().work;
  x.status = trade_status::rejected;
  x.emergency = true;
  x.lock = {1, 7};
  x.entry = {1, 8};
  x.effect = {1, 9};
  x.order = "{}";
  x.error = "too little";
  x.failure = R"({"code":"order-rejected"})";
  x.created_at_ms = 1234;
  x.updated_at_ms = 5678;
  return x;
}

position_record full_position() {
  position_record x;
  x.resource = "position:a:1";
  x.signal = {1, 9};
  x.account_id = "a";
  x.position_id = "1";
  x.comment = "why";
  x.message.chat_id = "-100";
  return x;
}

const outcome_record full_outcome{
    "r", "k", full_entry().work.fingerprint, lock_status::failed, {1, 7}, 1234};

/// One record of each kind with its decoder.
struct specimen {
  const char* name;
  std::string bytes;
  std::function<void(std::string_view)> decode;
  std::size_t format_at = 0;
};

std::vector<specimen> specimens() {
  return {
      {"resource", encode(resource_record{5, 6}),
       [](auto x) { decode_resource(x); }, 16},
      {"lock", encode(full_lock()), [](auto x) { decode_lock(x); }},
      {"entry", encode(full_entry()), [](auto x) { decode_entry(x); }},
      {"outcome", encode(full_outcome), [](auto x) { decode_outcome(x); }},
      {"letter", encode(full_letter()), [](auto x) { decode_dead_letter(x); }},
      {"event", encode(full_event), [](auto x) { decode_event(1, x); }},
      {"effect", encode(full_effect()), [](auto x) { decode_effect(x); }},
      {"trade", encode(full_trade()), [](auto x) { decode_trade(x); }},
      {"position", encode(full_position()), [](auto x) { decode_position(x); }},
      {"position index", encode(position_ref{7, true}),
       [](auto x) { decode_position_ref(x); }},
      {"alert", encode(alert_state{alert::queue_depth, true, "11 wait", 5}),
       [](auto x) { decode_alert(alert::queue_depth, x); }},
  };
}

void same_work(const transaction& a, const transaction& b) {
  CHECK(a.resource == b.resource);
  CHECK(a.owner_id == b.owner_id);
  CHECK(a.owner == b.owner);
  CHECK(a.type == b.type);
  CHECK(a.data == b.data);
  CHECK(a.idempotency_key == b.idempotency_key);
  CHECK(a.fingerprint == b.fingerprint);
  CHECK(a.task == b.task);
  CHECK(a.priority == b.priority);
  CHECK(a.timeout_ms == b.timeout_ms);
  CHECK(a.max_retries == b.max_retries);
}

} // namespace

TEST_CASE("a lock comes back as it was stored") {
  auto x = full_lock();
  auto y = decode_lock(encode(x));
  same_work(x.work, y.work);
  CHECK(x.id == y.id);
  CHECK(x.status == y.status);
  CHECK(x.attempts == y.attempts);
  CHECK(x.acquired_at_ms == y.acquired_at_ms);
  CHECK(x.expires_at_ms == y.expires_at_ms);
  CHECK(x.released_at_ms == y.released_at_ms);
  CHECK(x.result == y.result);
  CHECK(x.error == y.error);
  CHECK(x.ended_by == y.ended_by);
  CHECK(x.deadline_boot_us == y.deadline_boot_us);
  CHECK(x.boot_id == y.boot_id);
  CHECK(x.retry_boot_us == y.retry_boot_us);
  CHECK(x.entry == y.entry);
  CHECK(x.claimed == y.claimed);
}

TEST_CASE("a queue entry and a dead letter come back as they were stored") {
  auto x = full_entry();
  auto y = decode_entry(encode(x));
  same_work(x.work, y.work);
  CHECK(x.id == y.id);
  CHECK(x.status == y.status);
  CHECK(x.lasting == y.lasting);
  CHECK(x.queued_at_ms == y.queued_at_ms);
  CHECK(x.settled_at_ms == y.settled_at_ms);
  CHECK(x.granted == y.granted);

  auto a = full_letter();
  auto b = decode_dead_letter(encode(a));
  same_work(a.work, b.work);
  CHECK(a.id == b.id);
  CHECK(a.kind == b.kind);
  CHECK(a.lock == b.lock);
  CHECK(a.entry == b.entry);
  CHECK(a.reason == b.reason);
  CHECK(a.attempts == b.attempts);
  CHECK(a.at_ms == b.at_ms);
}

TEST_CASE("an outcome, an event and a resource come back as they were stored") {
  auto y = decode_outcome(encode(full_outcome));
  CHECK(y.resource == full_outcome.resource);
  CHECK(y.idempotency_key == full_outcome.idempotency_key);
  CHECK(y.fingerprint == full_outcome.fingerprint);
  CHECK(y.status == full_outcome.status);
  CHECK(y.lock == full_outcome.lock);
  CHECK(y.ended_at_ms == full_outcome.ended_at_ms);

  auto e = decode_event(42, encode(full_event));
  CHECK(e.seq == 42);
  CHECK(e.at_ms == full_event.at_ms);
  CHECK(e.kind == full_event.kind);
  CHECK(e.resource == full_event.resource);
  CHECK(e.lock == full_event.lock);
  CHECK(e.owner_id == full_event.owner_id);
  CHECK(e.actor == full_event.actor);
  CHECK(e.detail == full_event.detail);

  auto r = decode_resource(encode(resource_record{0x0102030405060708, 9}));
  CHECK(r.version == 0x0102030405060708);
  CHECK(r.holder == 9);
  CHECK(encode(r).substr(0, 2) == "\x08\x07");

  CHECK(decode_lasting(encode_lasting(true)));
  CHECK_FALSE(decode_lasting(encode_lasting(false)));
}

TEST_CASE("the resource is read without decoding the rest") {
  auto lock = encode(full_lock());
  CHECK(lock_resource(lock) == "trade:BTCUSDT");
  CHECK(lock_resource(std::string_view{lock}.substr(0, 20)) == "trade:BTCUSDT");
  CHECK(entry_resource(encode(full_entry())) == "r");
  CHECK(event_resource(encode(full_event)) == "r");
}

TEST_CASE("keys sort as their numbers, priorities and resources do") {
  CHECK(number_key(255) < number_key(256));
  CHECK(key_number(number_key(0x0102030405060708)) == 0x0102030405060708);
  CHECK(waiter_key("a", 1, 900) < waiter_key("a", 5, 2));
  CHECK(waiter_key("a", 5, 255) < waiter_key("a", 5, 256));
  CHECK(waiter_key("a", 10, 1) < waiter_key("aa", 1, 1));
  CHECK_FALSE(waiter_key("aa", 1, 1).starts_with(waiter_prefix("a")));
  auto x = parse_waiter_key(waiter_key("trade:X", 7, 99));
  CHECK(x.resource == "trade:X");
  CHECK(x.priority == 7);
  CHECK(x.number == 99);
}

TEST_CASE("keys of a wrong shape are corrupt") {
  for (const std::string& key :
       {std::string{}, std::string{"a"}, std::string(9, '\0'),
        waiter_key("a", 1, 1) + 'x', waiter_key("a", 1, 1).substr(0, 9)}) {
    CHECK(sample::failure_of([&] { parse_waiter_key(key); }).code ==
          storage_errc::corrupt);
    CHECK(sample::failure_of([&] { key_number(key); }).code ==
          storage_errc::corrupt);
  }
}

TEST_CASE("effects and trades come back as they were written") {
  auto effect = full_effect();
  auto e = decode_effect(encode(effect));
  CHECK(e.id == effect.id);
  CHECK(e.kind == effect.kind);
  CHECK(e.resource == effect.resource);
  CHECK(e.owner_id == effect.owner_id);
  CHECK(e.lock == effect.lock);
  CHECK(e.beside);
  CHECK(e.state == effect.state);
  CHECK(e.attempts == effect.attempts);
  CHECK(e.intent == effect.intent);
  CHECK(e.outcome == effect.outcome);
  CHECK(e.created_at_ms == effect.created_at_ms);
  CHECK(e.updated_at_ms == effect.updated_at_ms);
  auto trade = full_trade();
  auto t = decode_trade(encode(trade));
  same_work(t.work, trade.work);
  CHECK(t.id == trade.id);
  CHECK(t.status == trade.status);
  CHECK(t.emergency);
  CHECK(t.lock == trade.lock);
  CHECK(t.entry == trade.entry);
  CHECK(t.effect == trade.effect);
  CHECK(t.order == trade.order);
  CHECK(t.error == trade.error);
  CHECK(t.failure == trade.failure);
  CHECK(t.created_at_ms == trade.created_at_ms);
  CHECK(t.updated_at_ms == trade.updated_at_ms);
  CHECK(trade_resource(encode(trade)) == "r");
  CHECK(effect_resource(encode(effect)) == "r");
}

TEST_CASE("a lock of record format 1 is read, with what it did not have") {
  auto lock = full_lock();
  lock.requested_at_ms = 0;
  lock.effect = {};
  lock.failure.clear();
  lock.beside = false;
  auto bytes = encode(lock);
  // Format 1 ended before four fields, each of one byte when it is empty.
  bytes.resize(bytes.size() - 4);
  bytes[0] = 1;
  auto old = decode_lock(bytes);
  CHECK(old.id == lock.id);
  CHECK(old.claimed == lock.claimed);
  CHECK(old.requested_at_ms == lock.acquired_at_ms);
  CHECK_FALSE(old.effect);
  CHECK_FALSE(old.beside);
}

TEST_CASE("a record of a later format is refused by name and number") {
  for (auto& x : specimens()) {
    INFO(x.name);
    x.bytes[x.format_at] = 4;
    auto e = sample::failure_of([&] { x.decode(x.bytes); });
    CHECK(e.code == storage_errc::newer_format);
    CHECK(std::string{e.what()}.find("format 4") != std::string::npos);
  }
}

TEST_CASE("every truncation of a record is corrupt") {
  for (const auto& x : specimens())
    for (std::size_t n = 0; n < x.bytes.size(); ++n) {
      INFO(x.name << " cut to " << n);
      // A copy of its own, so that a sanitizer sees any byte too many.
      std::vector<char> cut(x.bytes.begin(),
                            x.bytes.begin() + static_cast<std::ptrdiff_t>(n));
      auto e = sample::failure_of([&] { x.decode({cut.data(), cut.size()}); });
      CHECK(e.code == storage_errc::corrupt);
    }
}

TEST_CASE("bytes after a record's end are corrupt") {
  for (const auto& x : specimens())
    CHECK(sample::failure_of([&] { x.decode(x.bytes + '\0'); }).code ==
          storage_errc::corrupt);
}

TEST_CASE("garbled records throw storage_error or decode, and never crash") {
  std::mt19937_64 random{20240501};
  std::size_t refused = 0;
  auto attempt = [&](const specimen& x, const std::vector<char>& bytes) {
    auto e = sample::failure_of([&] {
      x.decode({bytes.data(), bytes.size()});
    });
    auto known =
        e.code == storage_errc::corrupt || e.code == storage_errc::newer_format;
    refused += known;
    if (!known)
      REQUIRE(std::string{e.what()} == "nothing was thrown");
  };
  for (const auto& x : specimens())
    for (int round = 0; round < 20'000; ++round) {
      std::vector<char> flipped(x.bytes.begin(), x.bytes.end());
      for (auto n = 1 + random() % 4; n > 0; --n)
        flipped[random() % flipped.size()] = static_cast<char>(random());
      attempt(x, flipped);
      std::vector<char> noise(random() % 200);
      for (auto& c : noise)
        c = static_cast<char>(random());
      if (!noise.empty() && round % 2 == 0)
        noise[0] = 1;
      attempt(x, noise);
    }
  CHECK(refused > 100'000);
}
