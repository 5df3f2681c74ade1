// Clients that use the node as bots do, through crashes, and write down all
// they see.
// Must not know when the node dies: a broken connection is all they notice.
#pragma once

#include "tests/crash/crew.hpp"
#include "tests/crash/history.hpp"
#include "tests/support/http_client.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <string>

namespace holdfast::test {

/// One transaction: what makes an acquire the same acquire.
struct intent {
  std::string resource;
  std::string key; ///< empty: a plain mutex
  std::string owner;
  json data;
  int priority = 5;
  int lease_ms = 15000;
  bool shared = false;
};

/// What all clients share.
struct world {
  explicit world(std::uint64_t seed_) : seed(seed_) {}

  /// One of the newest shared transactions, at times a new one.
  intent shared_intent(std::mt19937_64& random);

  const std::uint64_t seed;
  std::atomic<std::uint16_t> port{0};
  std::atomic<bool> stopping{false}; ///< finish what is begun
  std::atomic<bool> aborted{false};  ///< drop everything
  std::atomic<int> next_number{1};

private:
  std::mutex mutex_;
  std::deque<intent> recent_;
};

class crash_client {
public:
  crash_client(world& all, int number);

  /// Works until the world stops.
  void run();
  const history& calls() const { return calls_; }

private:
  /// The transaction an operation works on, and since when.
  struct operation {
    intent what;
    std::int64_t start = 0;
  };

  void perform(const intent& what);
  http_response acquire(const operation& work, const std::string& mode);
  bool recover(const operation& work, const std::string& lock_id);
  void follow(const operation& work, const std::string& entry_id);
  bool cancel(const operation& work, const std::string& entry_id);
  void hold(const operation& work, const json& lock);
  void renew(const operation& work, const json& lock);
  /// The status the lock ended with; empty when it had ended otherwise.
  std::string release(const operation& work, const json& lock);

  /// Sends one call and writes down `record` with its answer. Status 0 when
  /// the connection broke.
  http_response send(call_record record, const std::string& method,
                     const std::string& target, const json& body);
  call_record record_of(call_kind kind, const operation& work) const;
  intent pick();
  bool one_in(int count) { return between(1, count) == 1; }
  int between(int low, int high);
  bool over() const { return world_.aborted; }

  world& world_;
  int number_;
  std::mt19937_64 random_;
  std::unique_ptr<http_client> http_;
  history calls_;
};

using load = crew<world, crash_client>;

/// All that its clients saw, once they have finished.
history calls_of(const load& all);

} // namespace holdfast::test
