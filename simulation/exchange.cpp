#include "simulation/exchange.hpp"

#include "simulation/late_answers.hpp"

namespace holdfast::simulation {

namespace {

/// Longer than an adapter waits for an answer.
constexpr std::int64_t hang_ms = 3'000;

order_report unknown(const char* why) {
  return {order_report::unknown, {}, {}, why, 0};
}

order_report away(std::int64_t retry_after_ms) {
  return {order_report::unavailable, {}, {}, "away", retry_after_ms};
}

using late_exchange = exchange_actor::extend<caf::reacts_to<answer_due>>;

late_exchange::behavior_type serve_orders(late_exchange::pointer self,
                                          faulty_exchange* at) {
  auto late = std::make_shared<late_answers<order_report>>();
  return {
      [=](const place_order& what) -> caf::result<order_report> {
        auto [report, after_ms] = at->place(what);
        return late->answer(self, std::move(report), after_ms);
      },
      [=](const find_order& what) -> caf::result<order_report> {
        auto [report, after_ms] = at->find(what);
        return late->answer(self, std::move(report), after_ms);
      },
      [=](const cancel_order& what) -> caf::result<order_report> {
        auto [report, after_ms] = at->cancel(what);
        return late->answer(self, std::move(report), after_ms);
      },
      [=](const answer_due& which) { late->deliver(which); },
  };
}

} // namespace

faulty_exchange::faulty_exchange(world& in, std::uint64_t trouble,
                                 std::int64_t late_ms)
    : world_(in), trouble_(trouble), late_ms_(late_ms) {
  for (const auto* kind :
       {"exchange: rejects", "exchange: 429", "exchange: not reached",
        "exchange: 5xx before acceptance", "exchange: 5xx after acceptance",
        "exchange: reply lost", "exchange: hangs before acceptance",
        "exchange: hangs after acceptance", "exchange: accepts late",
        "exchange: order lost", "exchange: answers slowly",
        "exchange: fills late", "exchange: fills half", "exchange: query fails",
        "exchange: cancellation fails"})
    met_.announce(kind);
}

exchange_actor faulty_exchange::connect() {
  return world_.host(caf::actor_cast<exchange_actor>(
      world_.system().spawn(serve_orders, this)));
}

bool faulty_exchange::fault(const char* kind) {
  met_.add(kind);
  return true;
}

void faulty_exchange::accept(const place_order& what) {
  // A real one may make a second order of it: it must not come to that.
  if (auto known = book_.find(what.client_order_id); known != book_.end()) {
    ++known->second.times;
    world_.blame("the order " + what.client_order_id +
                 " was sent again though the exchange has it");
    return;
  }
  order placed;
  placed.asked = what;
  if (world_.random().chance(trouble_ / 2)) {
    placed.half_at_once = world_.random().chance(50);
    met_.add(placed.half_at_once ? "exchange: fills half"
                                 : "exchange: fills late");
    placed.fills_at_ms =
        world_.elapsed_ms() + std::int64_t(world_.random().pick(30'000));
  }
  world_.note("the exchange accepts " + what.client_order_id);
  book_.emplace(what.client_order_id, std::move(placed));
}

/// What is on its way and due arrives, or is lost.
void faulty_exchange::arrive() {
  std::erase_if(late_, [this](const auto& entry) {
    const auto& what = entry.second;
    if (what.at_ms > world_.elapsed_ms())
      return false;
    if (!what.lost)
      accept(what.asked);
    return true;
  });
}

bool faulty_exchange::on_its_way(const std::string& client_order_id) const {
  return late_.contains(client_order_id);
}

std::string faulty_exchange::tell(const std::string& client_order_id) const {
  const auto& found = book_.at(client_order_id);
  const char* status = "NEW";
  const char* executed = "0";
  if (world_.elapsed_ms() >= found.fills_at_ms && !found.cancelled) {
    status = "FILLED";
    executed = "1";
  } else if (found.half_at_once) {
    status = found.cancelled ? "PARTIALLY_CANCELED" : "PARTIALLY_FILLED";
    executed = "0.5";
  } else if (found.cancelled) {
    status = "CANCELED";
  }
  return R"({"orderId":"1","clientOrderId":")" + client_order_id +
         R"(","status":")" + status + R"(","executedQuantity":")" + executed +
         "\"}";
}

order_report faulty_exchange::seen(const std::string& id) const {
  if (book_.contains(id))
    return {order_report::accepted, tell(id), {}, {}, 0};
  if (on_its_way(id))
    return unknown("it may still come");
  return {order_report::not_found, {}, {}, "no such order", 0};
}

faulty_exchange::answer faulty_exchange::place(const place_order& what) {
  arrive();
  const auto& id = what.client_order_id;
  auto kind = world_.random().chance(trouble_) ? world_.random().pick(11) : 11;
  switch (kind) {
  case 0:
    if (book_.contains(id) || on_its_way(id))
      break; // it cannot refuse what it has
    fault("exchange: rejects");
    return {{order_report::rejected, {}, "30002", "too little", 0}};
  case 1:
    fault("exchange: 429");
    return {away(1000)};
  case 2:
    fault("exchange: not reached");
    return {away(0)};
  case 3:
    fault("exchange: 5xx before acceptance");
    return {unknown("500")};
  case 4:
    fault("exchange: 5xx after acceptance");
    accept(what);
    return {unknown("500")};
  case 5:
    fault("exchange: reply lost");
    accept(what);
    return {unknown("connection closed")};
  case 6:
    fault("exchange: hangs before acceptance");
    return {unknown("no answer"), hang_ms};
  case 7:
    fault("exchange: hangs after acceptance");
    accept(what);
    return {unknown("no answer"), hang_ms};
  case 8:
  case 9: {
    auto lost = kind == 9;
    fault(lost ? "exchange: order lost" : "exchange: accepts late");
    auto at_ms = world_.elapsed_ms() +
                 std::int64_t(world_.random().pick(std::uint64_t(late_ms_)));
    late_.try_emplace(id, late_order{what, at_ms, lost});
    return {unknown("no answer"), hang_ms};
  }
  case 10:
    fault("exchange: answers slowly");
    accept(what);
    return {seen(id), std::int64_t(world_.random().pick(20'000))};
  default:
    break;
  }
  accept(what);
  return {seen(id)};
}

faulty_exchange::answer faulty_exchange::find(const find_order& what) {
  arrive();
  if (!world_.random().chance(trouble_ / 2))
    return {seen(what.client_order_id)};
  fault("exchange: query fails");
  switch (world_.random().pick(4)) {
  case 0:
    return {away(0)};
  case 1:
    return {away(1000)};
  case 2:
    return {unknown("no answer"), hang_ms};
  default:
    return {unknown("500")};
  }
}

faulty_exchange::answer faulty_exchange::cancel(const cancel_order& what) {
  arrive();
  auto failing = world_.random().chance(trouble_);
  auto heard = failing && world_.random().chance(50);
  if (failing)
    fault("exchange: cancellation fails");
  if (auto found = book_.find(what.client_order_id);
      found != book_.end() && (!failing || heard) &&
      world_.elapsed_ms() < found->second.fills_at_ms)
    found->second.cancelled = true;
  if (failing)
    return {unknown("no answer"), hang_ms};
  return {seen(what.client_order_id)};
}

} // namespace holdfast::simulation
