// Is this trader safe? It runs on simulated nodes, with duplicates, crashes and
// an exchange that lies. Started with `careless` it is not, and is found out.
#include <iostream>
#include <simulation/exchange.hpp>
#include <simulation/run.hpp>
#include <string_view>

using namespace holdfast;
using namespace holdfast::simulation;

namespace {

bool careless = false;

/// The actor under test: one order per lock, named after the transaction.
executor_actor::behavior_type trader(executor_actor::pointer self,
                                     exchange_actor exchange) {
  return {[=](const run_task& task) -> caf::result<task_result> {
    auto to = self->make_response_promise<task_result>();
    const auto& work = task.lock.work;
    place_order order{work.resource + work.idempotency_key,
                      "BTCUSDT",
                      "BUY",
                      "MARKET",
                      "1",
                      "",
                      ""};
    auto heard = [to](const order_report& report) mutable {
      if (report.kind == order_report::accepted)
        to.deliver(task_result{task_result::done, report.order, {}, 0});
      else if (report.kind == order_report::unknown)
        to.deliver(task_result{task_result::unknown, {}, report.message, 0});
      else
        to.deliver(task_result{task_result::retryable, {}, report.message, 0});
    };
    auto lost = [heard](const caf::error&) mutable { heard({}); };
    auto send = [=] {
      self->request(exchange, caf::infinite, order).then(heard, lost);
    };
    if (!task.recovered || careless) {
      send();
      return to;
    }
    self->request(exchange, caf::infinite,
                  find_order{order.client_order_id, order.symbol})
        .then(
            [=](const order_report& there) mutable {
              there.kind == order_report::not_found ? send() : heard(there);
            },
            lost);
    return to;
  }};
}

/// What happens to it, and what must hold.
class bots : public workload {
public:
  explicit bots(world& in) : workload(in), exchange_(in) {}

  void come() override {
    world_.register_executor("my.trade", world_.host(world_.system().spawn(
                                             trader, exchange_.connect())));
  }
  void act() override { // twelve events, each of them many times
    auto n = std::to_string(random().pick(12));
    auto event = want("desk", "bot", "event-" + n);
    event.task = "my.trade";
    world_.acquire(event);
  }
  void calm() override { // an operator looks into the book, and says what is so
    exchange_.calm();
    each_row(table::in_doubt, [&](std::uint64_t number, std::string_view) {
      lock_id id{world_.disk().tag(), number};
      world_.ask<lock_record>(
          world_.locks(),
          resolve_lock{{}, id, resolution::retry, {}, "op", "looked"});
    });
  }

private: // orders that are sent twice are blamed by the exchange itself
  faulty_exchange exchange_;
};

} // namespace

int main(int argc, char** argv) {
  careless = argc > 1 && std::string_view{argv[1]} == "careless";
  recipe mine{"bots", "a trader of my own", {}, [](world& w) {
                workloads all;
                all.push_back(std::make_unique<bots>(w));
                return all;
              }};
  for (std::uint64_t seed = 1; seed <= 200; ++seed)
    if (auto result = run(mine, seed, 1000); !result.fault.empty()) {
      std::cout << "seed " << seed << ": " << result.fault << '\n';
      return 1;
    }
  std::cout << "200 seeds: one order per event\n";
}
