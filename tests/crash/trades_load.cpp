// The bots: send, and send again when the answer is lost or says "not yet".
// Must not know when the node dies or what the exchange does.
#include "tests/crash/trades_load.hpp"

#include <random>

namespace holdfast::test {

using namespace std::chrono_literals;

namespace {

constexpr int resources = 24;

/// Whether the answer is the last word on this trade.
bool is_final(const http_response& answer) {
  auto code = answer.body.value("code", std::string{});
  if (answer.status == 200 || answer.status == 201)
    return true;
  return code == "order-rejected" || code == "exchange-unavailable";
}

} // namespace

std::vector<trade_intent> trade_intents(std::uint64_t seed, int count) {
  std::mt19937_64 random{seed};
  std::vector<trade_intent> all;
  for (auto i = 0; i < count; ++i) {
    trade_intent what;
    what.key = "intent-" + std::to_string(i);
    what.quantity = "1." + std::to_string(10001 + i);
    while (what.quantity.back() == '0') // as it is told: without zeros
      what.quantity.pop_back();
    auto number = random() % resources;
    what.body = {{"symbol", "T" + std::to_string(number) + "USDT"},
                 {"side", random() % 3 ? "BUY" : "SELL"},
                 {"type", "MARKET"},
                 {"quantity", what.quantity},
                 {"ownerId", "bot"},
                 {"snipeTargetId", "crash"},
                 {"idempotencyKey", what.key},
                 {"onLocked", "wait"},
                 {"waitMs", 3000}};
    if (auto dice = random() % 4; dice < 2) {
      what.body["type"] = dice == 0 ? "LIMIT" : "IMMEDIATE_OR_CANCEL";
      what.body["price"] = "100";
    }
    all.push_back(std::move(what));
  }
  return all;
}

trade_load::trade_load(std::vector<trade_intent>& all, int bots,
                       std::uint16_t port)
    : all_(all), port_(port) {
  for (auto i = 0; i < bots; ++i)
    threads_.emplace_back([this] { work(); });
}

trade_load::~trade_load() {
  over_ = true;
  for (auto& thread : threads_)
    thread.join();
}

bool trade_load::done_within(std::chrono::milliseconds patience) {
  auto deadline = std::chrono::steady_clock::now() + patience;
  while (done_ < static_cast<int>(all_.size())) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

void trade_load::work() {
  for (auto i = next_++; i < all_.size(); i = next_++) {
    trade(all_[i]);
    ++done_;
  }
}

void trade_load::trade(trade_intent& what) {
  while (!over_) {
    try {
      http_client node{port_};
      auto answer = node.post("/v1/trades", what.body);
      what.status = answer.status;
      what.code = answer.body.value("code", std::string{});
      what.trade = answer.body.value("tradeId", std::string{});
      if (answer.body.contains("order"))
        what.order = answer.body["order"]["orderId"];
      if (is_final(answer))
        return;
    } catch (const connection_lost&) {
      ++what.lost;
    }
    std::this_thread::sleep_for(20ms); // not a busy loop against a dead node
  }
}

} // namespace holdfast::test
