// Journal rows as server-sent events.
#include "gateway/event_batch.hpp"

#include <doctest/doctest.h>

using namespace holdfast;

namespace {

journal_event row(std::uint64_t seq, event_kind kind, std::string resource,
                  std::string owner) {
  journal_event x;
  x.seq = seq;
  x.kind = kind;
  x.resource = std::move(resource);
  x.owner_id = std::move(owner);
  return x;
}

event_batch example() {
  return event_batch{{row(7, event_kind::granted, "r", "ann"),
                      row(8, event_kind::failed, "s\n", "bob")}};
}

} // namespace

TEST_CASE("an event is its number, its kind and one line of JSON") {
  CHECK(*example().select({}, 7) ==
        "id: 8\nevent: failed\ndata: {\"seq\":8,\"at\":"
        "\"1970-01-01T00:00:00.000Z\",\"kind\":\"failed\",\"resourceId\":"
        "\"s\\n\",\"ownerId\":\"bob\",\"detail\":{}}\n\n");
  CHECK(place_text(5) == "id: 5\n\n");
  CHECK(gap_text(3, 8) ==
        "id: 8\nevent: gap\ndata: {\"from\":4,\"oldest\":9}\n\n");
}

TEST_CASE("all who take everything share one text") {
  auto batch = example();
  auto first = batch.select({}, 6);
  CHECK(first == batch.select({}, 0));
  CHECK(batch.select({}, 8)->empty());
  CHECK(event_batch{{}}.select({}, 0)->empty());
}

TEST_CASE("what is missing before a batch is seen by its first row") {
  CHECK(example().first() == 7);
  CHECK(event_batch{{}}.first() == 0);
}

TEST_CASE("a filter takes what it names, and nothing else") {
  auto taken = [](const event_filter& filter) {
    auto text = *example().select(filter, 0);
    return std::pair{text.find("id: 7") != std::string::npos,
                     text.find("id: 8") != std::string::npos};
  };
  event_filter filter;
  CHECK(taken(filter) == std::pair{true, true});
  filter.resource = "r";
  CHECK(taken(filter) == std::pair{true, false});
  filter.owner_id = "bob";
  CHECK(taken(filter) == std::pair{false, false});
  filter.resource.clear();
  CHECK(taken(filter) == std::pair{false, true});
  filter.kinds.set(static_cast<std::size_t>(event_kind::granted));
  CHECK(taken(filter) == std::pair{false, false});
  filter.owner_id.clear();
  CHECK(taken(filter) == std::pair{true, false});
}
