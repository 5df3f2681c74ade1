// The queue of one resource: strict priority, first come first served.
#include "rules/waiter_queue.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

using namespace holdfast;

namespace {

entry_record waiter(std::uint64_t number, std::uint8_t priority,
                    std::string key = {}) {
  entry_record entry;
  entry.id = {1, number};
  entry.work.priority = priority;
  entry.work.idempotency_key = std::move(key);
  return entry;
}

std::vector<std::uint64_t> order(const waiter_queue& queue) {
  std::vector<std::uint64_t> numbers;
  for (const auto& [rank, entry] : queue)
    numbers.push_back(entry.id.number);
  return numbers;
}

} // namespace

TEST_CASE("waiters are served by priority, and in order of coming inside it") {
  waiter_queue queue;
  queue.put(waiter(1, 5));
  queue.put(waiter(2, 5));
  queue.put(waiter(3, 1));
  queue.put(waiter(4, 10));
  queue.put(waiter(5, 1));
  CHECK(order(queue) == std::vector<std::uint64_t>{3, 5, 1, 2, 4});
  CHECK(queue.front()->id.number == 3);
  CHECK(queue.position({1, 3}) == 1);
  CHECK(queue.position({1, 2}) == 4);
  CHECK(queue.position({1, 9}) == 0);
}

TEST_CASE("an entry put again replaces the one with its id") {
  waiter_queue queue;
  queue.put(waiter(1, 5));
  auto again = waiter(1, 5, "k");
  queue.put(again);
  CHECK(queue.size() == 1);
  CHECK(queue.find({1, 1})->work.idempotency_key == "k");
}

TEST_CASE("an empty queue knows nobody") {
  waiter_queue queue;
  CHECK(queue.empty());
  CHECK(queue.front() == nullptr);
  CHECK(queue.find({1, 1}) == nullptr);
  queue.erase(waiter(1, 5));
  CHECK(queue.size() == 0);
}

TEST_CASE("a key is found where it waits, and no key is nobody's") {
  waiter_queue queue;
  queue.put(waiter(1, 5));
  queue.put(waiter(2, 5, "k"));
  CHECK(queue.find_key("k")->id.number == 2);
  CHECK(queue.find_key("other") == nullptr);
  CHECK(queue.find_key("") == nullptr);
  CHECK(queue.find({2, 2}) == nullptr);
}

TEST_CASE("the queue agrees with a vector that is searched from end to end") {
  CHECK(rc::check([] {
    using step = std::pair<std::uint8_t, std::uint8_t>;
    waiter_queue queue;
    std::vector<entry_record> naive;
    std::uint64_t number = 0;
    for (auto [what, which] : *rc::gen::arbitrary<std::vector<step>>()) {
      if (what % 3 != 0 || naive.empty()) {
        naive.push_back(waiter(++number, std::uint8_t(1 + which % 3)));
        queue.put(naive.back());
      } else {
        auto gone = naive.begin() + which % std::ptrdiff_t(naive.size());
        queue.erase(*gone);
        naive.erase(gone);
      }
      RC_ASSERT(queue.size() == naive.size());
      for (const auto& entry : naive) {
        std::int64_t before = 0;
        for (const auto& other : naive)
          before += other.work.priority < entry.work.priority ||
                    (other.work.priority == entry.work.priority &&
                     other.id.number < entry.id.number);
        RC_ASSERT(queue.position(entry.id) == before + 1);
        RC_ASSERT((before == 0) == (queue.front()->id == entry.id));
      }
    }
  }));
}
