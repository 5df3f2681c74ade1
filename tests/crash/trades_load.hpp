// Bots that trade through crashes: the same trade under the same key until
// they are told how it ended.
// Must not know when the node dies or what the exchange does.
#pragma once

#include "tests/support/http_client.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace holdfast::test {

/// One trade that somebody wants once. Its quantity is nobody else's, so that
/// its orders are known whatever they are called.
struct trade_intent {
  std::string key;
  std::string quantity;
  json body;
  // What its bot was told in the end.
  int status = 0; ///< of the last answer
  std::string code;
  std::string trade;
  std::string order; ///< the exchange's id
  int lost = 0;      ///< answers that never came
};

/// `count` trades on a few resources, chosen by `seed`.
std::vector<trade_intent> trade_intents(std::uint64_t seed, int count);

/// Bots on threads of their own.
class trade_load {
public:
  trade_load(std::vector<trade_intent>& all, int bots, std::uint16_t port);
  ~trade_load();
  trade_load(const trade_load&) = delete;
  trade_load& operator=(const trade_load&) = delete;

  void node_at(std::uint16_t port) { port_ = port; }

  /// How many trades were answered for good.
  int done() const { return done_; }

  /// True when all of them were within `patience`.
  bool done_within(std::chrono::milliseconds patience);

private:
  void work();
  void trade(trade_intent& what);

  std::vector<trade_intent>& all_;
  std::atomic<std::uint16_t> port_;
  std::atomic<std::size_t> next_{0};
  std::atomic<int> done_{0};
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

} // namespace holdfast::test
