// Dead letters: put back once, by those who may, and not beside the same work.
#include "simulation/world.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::simulation;

namespace {

struct letter_world : world {
  letter_world() = default;
  explicit letter_world(settings s) : world(s) {}

  /// A grant to bob that nobody claimed.
  dead_letter bury(const std::string& key = {}) {
    auto lock = now(acquire(want("r", "ann"))).lock;
    now(acquire(want("r", "bob", key)));
    now(release(lock));
    advance(31'000);
    return letters().at(0);
  }
  std::vector<dead_letter> letters() {
    return now(ask<dead_letter_page>(queries(), list_dead_letters{{}})).items;
  }
  reply_ptr<entry_view> requeue(dead_letter_id id, std::string bound_to = {}) {
    return ask<entry_view>(
        locks(), requeue_dead_letter{{}, id, "op", std::move(bound_to)});
  }
  reply_ptr<dead_letter> discard(dead_letter_id id, std::string bound_to = {}) {
    return ask<dead_letter>(
        locks(), discard_dead_letter{{}, id, "op", std::move(bound_to)});
  }
};

} // namespace

TEST_CASE_FIXTURE(letter_world, "work that was done since is not done again "
                                "for its dead letter") {
  auto letter = bury("k");
  now(release(now(acquire(want("r", "bob", "k"))).lock, "1"));
  auto again = requeue(letter.id);
  settle();
  CHECK(again->code() == errc::in_progress);
  CHECK_FALSE(state("r").holder);
}

TEST_CASE("a dead letter is put back once, though it is asked for twice at "
          "once") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    world::settings s;
    s.seed = seed;
    letter_world w{s};
    auto letter = w.bury();
    w.now(w.acquire(want("r", "ann")));
    auto first = w.requeue(letter.id);
    auto second = w.requeue(letter.id);
    w.settle();
    CHECK(int{first->ok()} + int{second->ok()} == 1);
    CHECK(w.state("r").waiters.size() == 1);
    CHECK(w.letters().empty());
  }
}

TEST_CASE_FIXTURE(letter_world, "a dead letter of another owner stays where it "
                                "is") {
  auto letter = bury();
  auto requeued = requeue(letter.id, "ann");
  auto discarded = discard(letter.id, "ann");
  settle();
  CHECK(requeued->code() == errc::forbidden);
  CHECK(discarded->code() == errc::forbidden);
  CHECK(letters().size() == 1);
  now(discard(letter.id, "bob"));
  CHECK(letters().empty());
}
