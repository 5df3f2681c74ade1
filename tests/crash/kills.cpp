#include "tests/crash/kills.hpp"

#include "tests/support/http_client.hpp"

#include <stdexcept>
#include <thread>

namespace holdfast::test {

using namespace std::chrono_literals;

namespace {

std::uint64_t open_work(http_client& node) {
  auto answer = node.get("/v1/stats");
  if (answer.status != 200)
    throw std::runtime_error("/v1/stats answered " + answer.text);
  return answer.body.at("activeLocks").get<std::uint64_t>() +
         answer.body.at("queueLength").get<std::uint64_t>();
}

} // namespace

void pause(std::mt19937_64& random, std::chrono::microseconds from,
           std::chrono::microseconds to) {
  std::uniform_int_distribution<std::int64_t> us{from.count(), to.count()};
  std::this_thread::sleep_for(std::chrono::microseconds{us(random)});
}

void kill_and_start(node_process& node, std::mt19937_64& random,
                    const std::function<void()>& died) {
  node.kill();
  died();
  if (random() % 8 == 0) {
    node.launch();
    pause(random, 0ms, 60ms);
    node.kill();
    died();
  }
  node.start();
}

/// Looks again after each event; a silent stream has its heartbeats.
bool comes_to_rest(std::uint16_t port, std::chrono::seconds patience) {
  auto deadline = std::chrono::steady_clock::now() + patience;
  http_client events{port, patience};
  events.begin("GET", "/v1/events");
  events.read_until("\r\n\r\n");
  http_client node{port};
  while (open_work(node) != 0) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    events.read_until("\n\n");
  }
  return true;
}

} // namespace holdfast::test
