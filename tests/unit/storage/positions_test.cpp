// Positions and their messages in the store: what comes back, what may go, and
// what `verify` says of them.
#include "sample.hpp"
#include "storage/verify.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using sample::gone;
using sample::plain;
using sample::put;

namespace {

constexpr auto resource = "position:acc-1:1";

position_record position(std::uint64_t number = 4) {
  position_record x;
  x.resource = resource;
  x.signal = {sample::tag, number};
  x.account_id = "acc-1";
  x.position_id = "1";
  x.symbol = "EURUSD";
  x.side = position_side::sell;
  x.status = position_status::completed;
  x.announced = true;
  x.silent = true;
  x.inferred_close = true;
  x.category = "vip";
  x.volume = "0.5";
  x.open_price = "1.1";
  x.stop_loss = "1.2";
  x.take_profit = "1";
  x.current_price = "1.05";
  x.profit = "25";
  x.close_price = "1.04";
  x.result_pips = "600";
  x.comment = "<&>";
  x.message = {message_status::unknown, "-100123", 4711};
  x.newest_text = 5;
  x.created_at_ms = 1000;
  x.updated_at_ms = 2000;
  x.touched_at_ms = 3000;
  return x;
}

effect_record message(effect_state state, std::uint64_t number = 5) {
  effect_record x;
  x.id = {sample::tag, number};
  x.kind = telegram_send;
  x.resource = resource;
  x.owner_id = "acc-1";
  x.state = state;
  x.created_at_ms = x.updated_at_ms = 1000;
  return x;
}

/// A position, closed or open, with a message in this state.
step scene(const position_record& x, effect_state state) {
  std::vector<holdfast::write> writes{
      put(table::positions, number_key(x.signal.number), encode(x)),
      put(table::position_index, x.resource,
          encode(position_ref{x.signal.number, x.open})),
      put(table::effects, number_key(5), encode(message(state)))};
  if (state != effect_state::done && state != effect_state::failed) {
    writes.push_back(put(table::outbox, outbox_key(x.resource, 5),
                         encode_channel(channel::telegram)));
    writes.push_back(
        put(table::resources, x.resource, encode(resource_record{9, 0})));
  }
  auto s = plain(std::move(writes));
  s.max_id = 9;
  return s;
}

position_record closed() {
  auto x = position();
  x.open = false;
  x.closed_at_ms = 2000;
  return x;
}

std::string faults(const store& s) {
  std::string text;
  for (const auto& x : verify(s).faults)
    text += x + '\n';
  return text;
}

/// Breaks a store that was in order, and looks for the sentence.
void finds(const std::string& sentence, const position_record& x,
           effect_state state, std::vector<holdfast::write> damage) {
  memory_store s{sample::tag};
  s.commit({scene(x, state)});
  REQUIRE(faults(s) == "");
  s.commit({plain(std::move(damage))});
  INFO("found: " << faults(s));
  CHECK(faults(s).find(sentence) != std::string::npos);
}

purge_request settled_before(std::int64_t ms) {
  purge_request what;
  what.settled_before_ms = ms;
  return what;
}

} // namespace

TEST_CASE("a position comes back as it was stored") {
  auto x = position();
  auto y = decode_position(encode(x));
  CHECK(encode(y) == encode(x));
  CHECK(y.signal == x.signal);
  CHECK(y.side == x.side);
  CHECK(y.inferred_close);
  CHECK(y.comment == x.comment);
  CHECK(y.message.status == message_status::unknown);
  CHECK(y.message.message_id == 4711);
  CHECK(y.newest_text == 5);
  CHECK(y.touched_at_ms == 3000);
  auto ref = decode_position_ref(encode(position_ref{4, true}));
  CHECK(ref.number == 4);
  CHECK(ref.open);
}

TEST_CASE("messages of a resource stand together, in the order of their "
          "numbers") {
  CHECK(outbox_key("a", 2) < outbox_key("a", 10));
  CHECK(outbox_key("a", 10) < outbox_key("b", 1));
  auto at = parse_outbox_key(outbox_key(resource, 7));
  CHECK(at.resource == resource);
  CHECK(at.number == 7);
  CHECK(sample::failure_of([] { parse_outbox_key("a"); }).code ==
        storage_errc::corrupt);
  CHECK(sample::failure_of([] { decode_channel("\x03"); }).code ==
        storage_errc::corrupt);
}

TEST_CASE("a closed position goes with its index row, an open one never") {
  memory_store s{sample::tag};
  s.commit({scene(closed(), effect_state::done)});
  s.purge(settled_before(2000));
  CHECK(s.read()->count(table::positions) == 1);
  s.purge(settled_before(2001));
  CHECK(s.read()->count(table::positions) == 0);
  CHECK(s.read()->count(table::position_index) == 0);
  CHECK(faults(s) == "");
  s.commit({scene(position(), effect_state::done)});
  s.purge(settled_before(1'000'000));
  CHECK(s.read()->count(table::positions) == 1);
}

TEST_CASE("a closed position with a message that has not ended stays, and so "
          "does the message") {
  memory_store s{sample::tag};
  s.commit({scene(closed(), effect_state::unknown)});
  s.purge(settled_before(1'000'000));
  CHECK(s.read()->count(table::positions) == 1);
  CHECK(s.read()->count(table::effects) == 1);
  CHECK(faults(s) == "");
}

TEST_CASE("faults between positions and their index are found") {
  finds("position 4 is not in position_index", position(), effect_state::done,
        {gone(table::position_index, resource)});
  finds("names position 4, which is not in positions", position(),
        effect_state::done, {gone(table::positions, number_key(4))});
  finds("position 4 is open, but position_index says closed", position(),
        effect_state::done,
        {put(table::position_index, resource, encode(position_ref{4, false}))});
  auto open = closed();
  open.open = true;
  finds("position 4 is open, but has a closing time", closed(),
        effect_state::done,
        {put(table::positions, number_key(4), encode(open))});
  auto processing = position();
  processing.status = position_status::processing;
  finds("position 4 is processing, but nothing works on it", position(),
        effect_state::done,
        {put(table::positions, number_key(4), encode(processing))});
}

TEST_CASE("faults between messages and the outbox are found") {
  finds("message 5 of \"position:acc-1:1\" in the outbox is not in effects",
        position(), effect_state::pending,
        {gone(table::effects, number_key(5))});
  finds("has ended: it is done", position(), effect_state::pending,
        {put(table::effects, number_key(5),
             encode(message(effect_state::done)))});
  finds("effect 5 is a message that is unknown, but not in the outbox",
        position(), effect_state::unknown,
        {gone(table::outbox, outbox_key(resource, 5))});
  finds("has not ended, but its resource has no record", position(),
        effect_state::pending, {gone(table::resources, resource)});
  finds("differs from its effect in resource or channel", position(),
        effect_state::pending,
        {put(table::outbox, outbox_key(resource, 5),
             encode_channel(channel::webhook))});
}
