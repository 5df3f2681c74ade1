// Ids: one text per id, one id per text.
#include "messages/ids.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>

using namespace holdfast;

TEST_CASE("ids name their kind, store and number") {
  CHECK(to_string(lock_id{0x5f3a9c1e, 42}) == "lock-5f3a9c1e-42");
  CHECK(to_string(entry_id{0x0000000a, 1}) == "entry-0000000a-1");
  CHECK(to_string(dead_letter_id{0xffffffff,
                                 std::numeric_limits<std::uint64_t>::max()}) ==
        "dead-ffffffff-18446744073709551615");
}

TEST_CASE("every id reads back from its text, and as no other kind") {
  CHECK(rc::check([](std::uint32_t store, std::uint64_t bits) {
    auto number = bits == 0 ? 1 : bits;
    lock_id id{store, number};
    RC_ASSERT(parse_id<id_kind::lock>(to_string(id)) == id);
    RC_ASSERT(!parse_id<id_kind::entry>(to_string(id)));
    entry_id entry{store, number};
    RC_ASSERT(parse_id<id_kind::entry>(to_string(entry)) == entry);
    RC_ASSERT(!parse_id<id_kind::dead_letter>(to_string(entry)));
  }));
}

TEST_CASE("what is not exactly an id is refused and changes nothing") {
  for (auto text : {"",
                    "lock",
                    "lock-",
                    "lock-5f3a9c1e",
                    "lock-5f3a9c1e-",
                    "lock-5f3a9c1e-0",
                    "lock-5f3a9c1e-042",
                    "lock-5F3A9C1E-42",
                    "Lock-5f3a9c1e-42",
                    "lock-5f3a9c1-42",
                    "lock-05f3a9c1e-42",
                    "lock-5f3a9c1e-+42",
                    "lock-5f3a9c1e--42",
                    "lock-5f3a9c1e-42 ",
                    " lock-5f3a9c1e-42",
                    "lock-5f3a9c1e-4x2",
                    "lock-5f3a9c1g-42",
                    "lock-+f3a9c1e-42",
                    "lock-5f3a9c1e-18446744073709551616",
                    "lock-5f3a9c1e-99999999999999999999999",
                    "entry-5f3a9c1e-42"}) {
    CAPTURE(text);
    std::uint32_t store = 7;
    std::uint64_t number = 9;
    CHECK_FALSE(parse_id(id_kind::lock, text, store, number));
    CHECK(store == 7);
    CHECK(number == 9);
  }
}

TEST_CASE("an id that reads is written the same way again") {
  CHECK(rc::check([](std::string tail) {
    auto text = "lock-5f3a9c1e-" + tail;
    if (auto id = parse_id<id_kind::lock>(text))
      RC_ASSERT(to_string(*id) == text);
  }));
}
