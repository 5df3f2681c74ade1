// A trading program with Holdfast inside. Every signal reaches it more than
// once, from several threads; each becomes one order, also when the program is
// run again on the same directory.
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <chrono>
#include <holdfast.hpp>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

/// Stands for the exchange: counts what it was asked to buy.
std::atomic<int> orders_sent = 0;

/// The work to do under the lock. Holdfast calls it once per transaction, from
/// a thread of the actor system, and renews the lock meanwhile.
holdfast::executor_actor::behavior_type
buyer(holdfast::executor_actor::pointer /*self*/, int /*for CAF 0.17*/) {
  return {[](const holdfast::run_task& task) -> holdfast::task_result {
    if (task.recovered) {
      // The program died during this very attempt. A real one would now ask
      // the exchange for its client order id; this one does not know, so it
      // says so: the lock becomes `in_doubt`, and nothing is bought twice.
      return {holdfast::task_result::unknown, "", "we crashed while buying", 0};
    }
    auto number = ++orders_sent;
    // What makes the order the same order when it is asked about again: the
    // event's own id, never the fencing token, which is another each time.
    return {holdfast::task_result::done,
            "{\"orderId\":" + std::to_string(number) + ",\"clientOrderId\":\"" +
                task.lock.work.idempotency_key + "\"}",
            "", 0};
  }};
}

/// What to ask for when a signal to buy `symbol` arrives.
holdfast::acquire_lock buy(const std::string& symbol, const std::string& id) {
  holdfast::acquire_lock cmd;
  cmd.resource = "trade:" + symbol; // one at a time for each symbol
  cmd.owner_id = "example-bot";
  cmd.idempotency_key = id; // the signal's own id: equal ids are one event
  cmd.data = R"({"symbol":")" + symbol + R"(","side":"BUY","quantity":"0.1"})";
  cmd.task = "example.buy"; // run the executor of this name under the lock
  cmd.otherwise = holdfast::when_locked::wait; // for our turn, or the outcome
  return cmd;
}

/// Handles one arrival of a signal, and says what became of it.
std::string handle(caf::actor_system& sys, const holdfast::engine& hf,
                   const std::string& symbol, const std::string& id) {
  caf::scoped_actor self{sys};
  std::string text;
  auto refused = [&](const caf::error& why) {
    auto what = holdfast::to_problem(why);
    text = "refused: " + std::string{to_string(what.code)} + ", " + what.detail;
  };
  auto answered = [&](const holdfast::acquire_answer& answer) {
    using enum holdfast::acquire_outcome;
    text = answer.outcome == granted ? "started" : "replayed";
    if (answer.outcome == replayed)
      text += " " + answer.lock.result;
  };
  self->request(hf.locks(), std::chrono::seconds{30}, buy(symbol, id))
      .receive(answered, refused);
  return id + " " + symbol + ": " + text;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: embedding DIRECTORY\n";
    return 2;
  }
  // 1. The program's own actor system, which knows Holdfast's messages.
  caf::actor_system_config cfg;
  holdfast::init_types(cfg);
  caf::actor_system sys{cfg};
  try {
    // 2. An engine on a directory. A second one on the same is refused.
    holdfast::options opts;
    opts.data_dir = argv[1];
    opts.map_bytes = std::uint64_t{1} << 30;
    opts.warn = [](const std::string& what) { std::cerr << what << '\n'; };
    holdfast::engine hf{sys, opts};

    // 3. The work that locks protect.
    auto executor = sys.spawn(buyer, 0);
    hf.register_executor("example.buy", executor);

    // 4. Three signals, each heard by four threads at a time.
    std::mutex output;
    std::vector<std::thread> listeners;
    for (int listener = 0; listener < 4; ++listener)
      listeners.emplace_back([&] {
        for (const auto* symbol : {"BTCUSDT", "ETHUSDT", "XAUUSD"}) {
          auto line = handle(sys, hf, symbol, "signal-" + std::string{symbol});
          std::lock_guard guard{output};
          std::cout << line << '\n';
        }
      });
    for (auto& listener : listeners)
      listener.join();

    // 5. Who only hears "started" asks again for the outcome.
    for (const auto* symbol : {"BTCUSDT", "ETHUSDT", "XAUUSD"})
      std::cout << "outcome: "
                << handle(sys, hf, symbol, "signal-" + std::string{symbol})
                << '\n';
    std::cout << "orders sent: " << orders_sent << '\n';

    // 6. Handles that live on would keep the actor system from ending.
    hf.stop();
    caf::anon_send_exit(executor, caf::exit_reason::user_shutdown);
  } catch (const std::exception& why) {
    std::cerr << "embedding: " << why.what() << '\n';
    return 1;
  }
}
