#include "simulation/traders.hpp"

#include "simulation/member_of.hpp"
#include "storage/records.hpp"

#include <map>

namespace holdfast::simulation {

namespace {

std::string name_of(const trade_record& x) {
  return client_order_id(x.work.resource, x.work.idempotency_key, x.id.number);
}

} // namespace

traders::traders(world& in) : workload(in), exchange_(in) {}

void traders::come() { world_.trade_on(exchange_.connect()); }

std::size_t traders::unanswered() const {
  std::size_t left = 0;
  for (const auto& answer : answers_)
    left += answer->pending() ? 1 : 0;
  return left;
}

void traders::act() {
  if (random().pick(8) == 0)
    operate();
  else
    trade();
}

void traders::trade() {
  auto sells = random().chance(50);
  trade_request asked;
  asked.symbol = "BTCUSDT";
  asked.side = sells ? "SELL" : "BUY";
  // The type belongs to the key, so that duplicates are true ones.
  auto key = random().pick(12);
  asked.type = key % 4 == 3 ? "LIMIT" : "MARKET";
  if (asked.type == "LIMIT")
    asked.price = "90";
  asked.quantity = "1";
  asked.owner_id = "bot";
  asked.idempotency_key = (sells ? "s" : "b") + std::to_string(key);
  asked.emergency = sells && random().chance(25);
  asked.otherwise =
      random().chance(33) ? when_locked::wait : when_locked::queue;
  asked.wait_ms = 5000;
  answers_.push_back(world_.acquire(std::get<acquire_lock>(
      prepare_trade(asked, {"trade:{symbol}", 30'000}))));
}

/// Nothing comes between his look at the book and what he says of it.
void traders::operate() {
  world_.settle();
  for (const auto& x : trades()) {
    auto id = name_of(x);
    if (x.status != trade_status::in_doubt || exchange_.on_its_way(id))
      continue; // he waits until he can know
    auto there = exchange_.book().contains(id);
    auto outcome = there                 ? resolution::done
                   : random().chance(50) ? resolution::retry
                                         : resolution::failed;
    world_.ask<lock_record>(world_.locks(),
                            resolve_lock{{},
                                         x.lock,
                                         outcome,
                                         there ? exchange_.tell(id) : "",
                                         "op",
                                         "looked"});
  }
  world_.settle();
}

void traders::look() {
  if (exchange_.book().size() == orders_seen_)
    return;
  orders_seen_ = exchange_.book().size();
  check_book();
}

std::vector<trade_record> traders::trades() const {
  std::vector<trade_record> all;
  each_row(table::trades, [&](std::uint64_t, std::string_view row) {
    all.push_back(decode_trade(row));
  });
  return all;
}

/// At no time has the exchange two orders of one intent, or one that no trade
/// knows of.
void traders::check_book() {
  std::map<std::string, int> orders;
  std::size_t known = 0;
  for (const auto& x : trades())
    if (exchange_.book().contains(name_of(x))) {
      ++known;
      if (++orders[x.work.idempotency_key] > 1)
        world_.blame("the intent " + x.work.idempotency_key +
                     " was ordered twice");
    }
  if (known != orders_seen_)
    world_.blame("the exchange has " + std::to_string(orders_seen_) +
                 " orders, of which trades know " + std::to_string(known));
}

void traders::calm() {
  exchange_.calm();
  operate();
}

void traders::judge() {
  check_book();
  for (const auto& x : trades())
    judge_trade(x);
  each_row(table::effects, [&](std::uint64_t number, std::string_view row) {
    auto x = decode_effect(row);
    if (x.kind == "order" && x.state != effect_state::done &&
        x.state != effect_state::failed)
      world_.blame("the order effect " + std::to_string(number) + " is still " +
                   std::string{to_string(x.state)});
  });
}

/// A trade's final state is what the exchange has.
void traders::judge_trade(const trade_record& x) {
  auto is =
      "trade " + to_string(x.id) + " is " + std::string{to_string(x.status)};
  if (!exchange_.book().contains(name_of(x))) {
    if (x.status != trade_status::rejected &&
        x.status != trade_status::failed && x.status != trade_status::cancelled)
      world_.blame(is + ", and the exchange has no order of it");
    return;
  }
  auto real = exchange_.tell(name_of(x));
  auto state = member_of(real, "status");
  auto expected = state == "FILLED"     ? trade_status::filled
                  : state == "CANCELED" ? trade_status::cancelled
                                        : trade_status::partially_filled;
  if (x.status != expected)
    world_.blame(is + ", and its order is " + state);
  else if (member_of(x.order, "executedQuantity") !=
           member_of(real, "executedQuantity"))
    world_.blame(is + " as " + x.order + ", and the exchange says " + real);
}

} // namespace holdfast::simulation
