// Bots that contend for a few resources and use every call on a lock, rightly
// and wrongly, through crashes. Must not know when the node dies.
#pragma once

#include "tests/crash/crew.hpp"
#include "tests/crash/linear_client.hpp"

#include <deque>
#include <mutex>
#include <random>
#include <string>

namespace holdfast::test {

/// What all bots share.
struct arena {
  explicit arena(std::uint64_t seed_) : seed(seed_) {}

  /// One of the newest transactions that several bots send, at times a new one.
  errand shared_errand(std::mt19937_64& random);
  std::string new_name(const char* kind) {
    return kind + std::to_string(next_number++);
  }

  const std::uint64_t seed;
  linear::recorder record;
  std::atomic<std::uint16_t> port{0};
  std::atomic<bool> stopping{false}; ///< finish what is begun
  std::atomic<bool> aborted{false};  ///< drop everything
  std::atomic<int> next_number{1};

private:
  std::mutex mutex_;
  std::deque<errand> recent_;
};

std::string arena_resource(std::uint64_t random);

class bot {
public:
  bot(arena& all, int number);

  /// Works until the arena stops.
  void run();

private:
  errand pick();
  void perform(const errand& what);
  void wait_in_queue(const errand& what, const std::string& entry);
  void find_again(const errand& what, const std::string& lock);
  void hold(const errand& what, const std::string& lock, std::uint64_t token);
  void end(const errand& what, const std::string& lock, std::uint64_t token);
  bool one_in(int count) { return between(1, count) == 1; }
  int between(int low, int high);

  arena& all_;
  int number_;
  std::mt19937_64 random_;
  linear_client client_;
};

using bots = crew<arena, bot>;

/// Looks at everything that `seen` names once more, when nobody else works:
/// what was acknowledged must still be there.
void read_everything(arena& all, const linear::operations& seen);

} // namespace holdfast::test
