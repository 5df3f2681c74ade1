// The adapter's actor against the fake exchange, on clocks that tests move.
#pragma once

#include "adapters/mexc_exchange.hpp"
#include "messages/type_ids.hpp"
#include "tests/support/fake_exchange.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace holdfast::test {

using namespace std::chrono_literals;

inline caf::actor_system_config& with_types(caf::actor_system_config& cfg) {
  init_types(cfg);
  return cfg;
}

/// recvWindow 5000 ms, margin 2000 ms; requests give up after 400 ms.
struct mexc_world {
  static constexpr std::int64_t settled_ms = 7000;

  mexc_world() : sys(with_types(cfg)) {
    options.access.base_url = fake.url();
    options.access.keys = {"test-key", "test-secret"};
    options.access.timeout = 400ms;
    options.now_ms = [this] {
      auto now = std::chrono::steady_clock::now().time_since_epoch();
      return std::chrono::duration_cast<std::chrono::milliseconds>(now)
                 .count() +
             moved_ms.load();
    };
    options.warn = [this](const std::string& text) {
      std::lock_guard guard{mutex};
      warnings.push_back(text);
    };
  }

  ~mexc_world() { go(); }

  void come() {
    exchange =
        spawn_mexc_exchange(sys, options, std::make_shared<http_caller>());
  }

  void go() {
    caf::anon_send_exit(exchange, caf::exit_reason::user_shutdown);
    exchange = nullptr;
  }

  /// Both clocks go on.
  void advance(std::int64_t ms) {
    moved_ms += ms;
    fake.clock(std::chrono::milliseconds{moved_ms.load() + skew_ms});
  }

  /// Sets the exchange's clock alone.
  void skew(std::int64_t ms) {
    skew_ms = ms;
    advance(0);
  }

  template <class T>
  order_report ask(const T& what) {
    if (!exchange)
      come();
    caf::scoped_actor self{sys};
    order_report answer;
    self->request(exchange, 20s, what)
        .receive([&](order_report& x) { answer = std::move(x); },
                 [](const caf::error& why) { FAIL(to_string(why)); });
    // No secret leaves the adapter.
    CHECK(answer.message.find("test-secret") == std::string::npos);
    CHECK(answer.message.find("test-key") == std::string::npos);
    return answer;
  }

  order_report place(const std::string& id, const std::string& quantity = "1") {
    return ask(place_order{id, "BTCUSDT", "BUY", "MARKET", quantity, "", ""});
  }
  order_report rest(const std::string& id) {
    return ask(place_order{id, "BTCUSDT", "BUY", "LIMIT", "1", "", "2"});
  }
  order_report find(const std::string& id) {
    return ask(find_order{id, "BTCUSDT"});
  }
  order_report cancel(const std::string& id) {
    return ask(cancel_order{id, "BTCUSDT"});
  }

  /// Asks until there is more to say than `unknown`.
  order_report find_out(const std::string& id) {
    auto until = std::chrono::steady_clock::now() + 20s;
    auto answer = find(id);
    while (answer.kind == order_report::unknown &&
           std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(20ms); // the exchange's limits
      answer = find(id);
    }
    return answer;
  }

  std::size_t orders(const std::string& id) const {
    return fake.orders_of(id).size();
  }
  int requests(const char* kind) const {
    return fake.book()["requests"][kind].get<int>();
  }

  std::string warned() {
    std::lock_guard guard{mutex};
    std::string all;
    for (const auto& text : warnings)
      all += text + '\n';
    return all;
  }

  fake_exchange fake;
  std::atomic<std::int64_t> moved_ms{0};
  std::int64_t skew_ms = 0;
  std::mutex mutex;
  std::vector<std::string> warnings;
  mexc_options options;
  caf::actor_system_config cfg;
  caf::actor_system sys;
  exchange_actor exchange;
};

inline json order_of(const order_report& report) {
  INFO(report.message);
  REQUIRE(report.kind == order_report::accepted);
  return json::parse(report.order);
}

} // namespace holdfast::test
