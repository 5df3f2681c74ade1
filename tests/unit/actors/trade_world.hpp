// A world with an exchange of the test's own, and an executor for trades.
#pragma once

#include "actors/trade_executor.hpp"
#include "rules/trade_rules.hpp"
#include "simulation/world.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::test {

using namespace simulation;

struct book {
  std::vector<place_order> placed;
  std::vector<find_order> looked_for;
  std::vector<cancel_order> cancelled;
  std::deque<order_report> answers; ///< then every order is filled
  order_report found{order_report::not_found, {}, {}, "no such order", 0};
  bool hold = false; ///< takes orders; answers when it gets a report
  std::function<void()> on_placed; ///< before an order is answered
};

/// An exchange that can be told how the orders that it holds end.
using scripted_exchange = exchange_actor::extend<caf::reacts_to<order_report>>;

inline order_report filled(const std::string& id) {
  return {order_report::accepted,
          R"({"orderId":"1","clientOrderId":")" + id +
              R"(","status":"FILLED","executedQuantity":"1"})",
          {},
          {},
          0};
}

inline scripted_exchange::behavior_type trade(scripted_exchange::pointer self,
                                              const std::shared_ptr<book>& b) {
  using promise = caf::typed_response_promise<order_report>;
  auto held = std::make_shared<std::vector<promise>>();
  return {
      [self, b, held](const place_order& what) -> caf::result<order_report> {
        b->placed.push_back(what);
        if (b->on_placed)
          b->on_placed();
        if (b->hold) {
          held->push_back(self->make_response_promise<order_report>());
          return held->back();
        }
        if (b->answers.empty())
          return filled(what.client_order_id);
        auto answer = b->answers.front();
        b->answers.pop_front();
        return answer;
      },
      [b](const find_order& what) {
        b->looked_for.push_back(what);
        return b->found;
      },
      [b](const cancel_order& what) {
        b->cancelled.push_back(what);
        return b->found;
      },
      [held](const order_report& report) {
        for (auto& to : std::exchange(*held, {}))
          to.deliver(report);
      },
  };
}

struct trade_world : world {
  trade_world() { come(); }
  ~trade_world() { go(); }

  void come() {
    exchange = system().spawn(trade, orders);
    watcher = system().spawn<order_watcher>(around(), locks(), queries(),
                                            exchange, patience.follow_ms);
    trader = system().spawn<trade_executor>(around(), locks(), exchange,
                                            watcher, patience);
    register_executor("trade", trader);
    settle();
  }

  void go() {
    caf::anon_send_exit(trader, caf::exit_reason::kill);
    caf::anon_send_exit(watcher, caf::exit_reason::kill);
    caf::anon_send_exit(exchange, caf::exit_reason::kill);
    trader = nullptr;
    watcher = nullptr;
    exchange = nullptr;
    settle();
  }

  /// The node dies, and another starts with executor and exchange.
  void die_and_come_back() {
    go();
    crash();
    come();
  }

  static acquire_lock want_trade(const std::string& key,
                                 const std::string& side = "BUY",
                                 const std::string& type = "MARKET") {
    trade_request asked;
    asked.symbol = "BTCUSDT";
    asked.side = side;
    asked.type = type;
    if (type == "LIMIT")
      asked.price = "90";
    asked.quantity = "1";
    asked.owner_id = "bot";
    asked.idempotency_key = key;
    trade_settings how{"trade:{symbol}", 30'000};
    return std::get<acquire_lock>(prepare_trade(asked, how));
  }

  static acquire_lock want_limit(const std::string& key) {
    return want_trade(key, "BUY", "LIMIT");
  }

  trade_record outcome(trade_id id, std::int64_t wait_ms = 0) {
    return now(ask<trade_record>(locks(), watch_trade{{}, id, {}, wait_ms, 0}));
  }
  trade_record outcome(const lock_record& lock) {
    return outcome(trade_of(lock));
  }
  std::vector<effect_record> effects() {
    return now(ask<effect_page>(queries(), list_effects{})).items;
  }
  std::vector<trade_record> trades() {
    return now(ask<trade_page>(queries(), list_trades{})).items;
  }
  void check() {
    check_tables();
    CHECK(fault() == "");
    CHECK(in_flight() == 0);
  }

  std::shared_ptr<book> orders = std::make_shared<book>();
  scripted_exchange exchange;
  trade_executor_actor trader;
  order_watcher_actor watcher;
  order_patience patience;
};

/// What `want_trade` asks for.
inline const std::string btc_trades = "trade:BTCUSDT";

inline order_report time_out() {
  return {order_report::unknown, {}, {}, "no answer within 3 s", 0};
}

inline order_report rejection() {
  return {order_report::rejected, {}, "30002", "too little", 0};
}

} // namespace holdfast::test
