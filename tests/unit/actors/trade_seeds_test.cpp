// Many seeds of trades: duplicates, emergencies, an exchange that misbehaves,
// crashes of the node at any step. The exchange's book is the judge.
#include "actors/trade_executor.hpp"
#include "rules/trade_rules.hpp"
#include "storage/records.hpp"
#include "world/world.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <set>

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// What the exchange has, whatever becomes of the node: the keys of accepted
/// orders by their client order ids.
struct outside {
  std::map<std::string, place_order> orders;
  /// Sent, and not there yet: nobody can say whether they will be.
  std::map<std::string, place_order> on_their_way;
  std::mt19937_64* random = nullptr;
  bool calm = false; ///< no more faults

  /// What is on its way arrives, or is lost.
  void arrive() {
    for (auto& [id, what] : on_their_way)
      if ((*random)() % 2 == 0)
        orders.emplace(id, what);
    on_their_way.clear();
  }

  order_report report(const std::string& id) const {
    return {order_report::accepted,
            R"({"orderId":"1","clientOrderId":")" + id +
                R"(","status":"FILLED","executedQuantity":"1"})",
            {},
            {},
            0};
  }
};

exchange_actor::behavior_type play_exchange(exchange_actor::pointer self,
                                            outside* world) {
  using promise = caf::typed_response_promise<order_report>;
  auto silent = std::make_shared<std::vector<promise>>();
  return {
      [=](const place_order& what) -> caf::result<order_report> {
        auto id = what.client_order_id;
        switch (world->calm ? 9 : (*world->random)() % 11) {
        case 0:
          return order_report{order_report::rejected, {}, "30002", "no", 0};
        case 1:
          return order_report{order_report::unavailable, {}, {}, "away", 0};
        case 2: // accepted, and nobody hears of it
          world->orders.emplace(id, what);
          return order_report{order_report::unknown, {}, {}, "time-out", 0};
        case 3: // not accepted, and nobody knows
          return order_report{order_report::unknown, {}, {}, "time-out", 0};
        case 4: // accepted, and no answer before the node dies
          world->orders.emplace(id, what);
          silent->push_back(self->make_response_promise<order_report>());
          return silent->back();
        case 5: // it takes its time
          world->on_their_way.emplace(id, what);
          return order_report{order_report::unknown, {}, {}, "time-out", 0};
        default:
          world->orders.emplace(id, what);
          return world->report(id);
        }
      },
      [=](const find_order& what) {
        if (!world->calm && (*world->random)() % 8 == 0)
          return order_report{order_report::unavailable, {}, {}, "away", 0};
        if (world->orders.contains(what.client_order_id))
          return world->report(what.client_order_id);
        if (world->on_their_way.contains(what.client_order_id))
          return order_report{order_report::unknown, {}, {}, "not yet", 0};
        return order_report{order_report::not_found, {}, {}, "none", 0};
      },
      // Whatever is ordered here is filled: there is nothing to cancel.
      [=](const cancel_order& what) {
        if (world->orders.contains(what.client_order_id))
          return world->report(what.client_order_id);
        return order_report{order_report::not_found, {}, {}, "none", 0};
      },
  };
}

class trade_run : public world {
public:
  explicit trade_run(std::uint64_t seed) : world(settings_of(seed)) {
    exchange_.random = &random();
    come();
  }
  ~trade_run() { go(); }

  void play() {
    for (int i = 0; i < 120; ++i) {
      act();
      for (auto n = random()() % 12; n > 0 && step(); --n) {
      }
      check();
    }
    // The faults stop: everything settles.
    exchange_.calm = true;
    exchange_.arrive();
    die(); // whoever got no answer asks again
    for (int i = 0; i < 40; ++i) {
      advance(10'000);
      resolve_all();
    }
    settle();
    check_end();
  }

private:
  static settings settings_of(std::uint64_t seed) {
    settings s;
    s.seed = seed;
    s.idle_owner_ms = 2000;
    return s;
  }

  void come() {
    place_ = system().spawn(play_exchange, &exchange_);
    order_patience patience;
    watcher_ = system().spawn<order_watcher>(around(), locks(), queries(),
                                             place_, patience.follow_ms);
    trader_ = system().spawn<trade_executor>(around(), locks(), place_,
                                             watcher_, patience);
    register_executor("trade", trader_);
  }

  void go() {
    caf::anon_send_exit(trader_, caf::exit_reason::kill);
    caf::anon_send_exit(watcher_, caf::exit_reason::kill);
    caf::anon_send_exit(place_, caf::exit_reason::kill);
    trader_ = nullptr;
    watcher_ = nullptr;
    place_ = nullptr;
    settle();
  }

  void die() {
    go();
    crash();
    come();
    settle();
  }

  void act() {
    switch (random()() % 16) {
    case 0:
      return die();
    case 1:
      return advance(static_cast<std::int64_t>(random()() % 3000));
    case 2:
      return resolve_all();
    case 3:
      return exchange_.arrive();
    default:
      return trade();
    }
  }

  void trade() {
    auto sells = random()() % 2 == 0;
    trade_request asked;
    asked.symbol = "BTCUSDT";
    asked.side = sells ? "SELL" : "BUY";
    asked.type = "MARKET";
    asked.quantity = "1";
    asked.owner_id = "bot";
    asked.idempotency_key =
        (sells ? "s" : "b") + std::to_string(random()() % 12);
    asked.emergency = sells && random()() % 4 == 0;
    asked.otherwise =
        random()() % 3 == 0 ? when_locked::wait : when_locked::queue;
    asked.wait_ms = 5000;
    auto cmd = std::get<acquire_lock>(
        prepare_trade(asked, {"trade:{symbol}", 30'000}));
    answers_.push_back(acquire(std::move(cmd)));
  }

  /// The operator looks at the exchange, and says what he sees.
  void resolve_all() {
    settle();
    auto open = now(ask<trade_page>(
        queries(),
        list_trades{{}, {}, false, trade_status::in_doubt, {1000, {}}}));
    for (auto& x : open.items) {
      auto id = name_of(x);
      auto there = exchange_.orders.contains(id);
      if (exchange_.on_their_way.contains(id))
        continue; // he waits until he can know
      auto outcome = there                 ? resolution::done
                     : random()() % 2 == 0 ? resolution::retry
                                           : resolution::failed;
      ask<lock_record>(locks(),
                       resolve_lock{{},
                                    x.lock,
                                    outcome,
                                    there ? exchange_.report(id).order : "",
                                    "op",
                                    "looked"});
    }
    settle();
  }

  /// At no time has the exchange two orders of one intent, or one that no
  /// trade knows of.
  void check() {
    std::map<std::string, int> orders;
    std::size_t known = 0;
    disk().read()->scan(table::trades, {},
                        [&](std::string_view, std::string_view row) {
                          auto x = decode_trade(row);
                          if (exchange_.orders.contains(name_of(x))) {
                            ++known;
                            ++orders[x.work.idempotency_key];
                          }
                          return true;
                        });
    for (auto& order : orders)
      REQUIRE_MESSAGE(order.second == 1, order.first << " was ordered twice");
    REQUIRE(known == exchange_.orders.size());
  }

  static std::string name_of(const trade_record& x) {
    return client_order_id(x.work.resource, x.work.idempotency_key,
                           x.id.number);
  }

  void check_end() {
    check();
    check_tables();
    REQUIRE(fault() == "");
    CHECK(in_flight() == 0);
    auto all = now(
        ask<trade_page>(queries(), list_trades{{}, {}, true, {}, {1000, {}}}));
    std::set<std::string> filled;
    for (auto& x : all.items) {
      INFO(to_string(x.id) << ' ' << to_string(x.status));
      CHECK(settled(x.status));
      // A trade's final state is what the exchange has.
      CHECK((x.status == trade_status::filled) ==
            exchange_.orders.contains(name_of(x)));
      if (x.status == trade_status::filled)
        CHECK(filled.insert(x.work.idempotency_key).second);
    }
    auto effects =
        now(ask<effect_page>(queries(), list_effects{true, {}, {1000, {}}}));
    for (auto& x : effects.items)
      CHECK((x.state == effect_state::done || x.state == effect_state::failed));
    CHECK_FALSE(state("trade:BTCUSDT").holder);
  }

  outside exchange_;
  exchange_actor place_;
  executor_actor trader_;
  order_watcher_actor watcher_;
  std::vector<reply_ptr<acquire_answer>> answers_;
};

} // namespace

TEST_CASE("M14: many seeds of trades, crashes and a lying exchange: never two "
          "orders of one intent, and every trade ends as the book says") {
  // HOLDFAST_SEED repeats one run; HOLDFAST_SEEDS sets how many.
  const auto* one = std::getenv("HOLDFAST_SEED");
  const auto* many = std::getenv("HOLDFAST_SEEDS");
  std::uint64_t first = one ? std::strtoull(one, nullptr, 10) : 1;
  std::uint64_t count = one ? 1 : many ? std::strtoull(many, nullptr, 10) : 200;
  for (auto seed = first; seed < first + count; ++seed) {
    CAPTURE(seed);
    trade_run{seed}.play();
  }
}
