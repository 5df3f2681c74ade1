// editMessageText, and groups that become supergroups.
#include "tests/fakes/test/telegram_world.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

const std::string not_modified =
    "Bad Request: message is not modified: specified new message content and "
    "reply markup are exactly the same as a current content and reply markup "
    "of the message";

constexpr std::int64_t supergroup = -1'001'234'567'890; // more than 32 bits

} // namespace

TEST_CASE_FIXTURE(telegram_world, "edits are answered and kept in order") {
  send("a");
  auto answer = edit(1, "<b>b</b>", {{"parse_mode", "HTML"}});
  CHECK(answer.status == 200);
  CHECK(answer.body["result"]["message_id"] == 1);
  CHECK(answer.body["result"]["text"] == "b");
  CHECK(answer.body["result"]["entities"].size() == 1);
  CHECK(answer.body["result"]["edit_date"].get<std::int64_t>() >=
        wall_ms() / 1000 - 60);
  edit(1, "c");
  auto kept = messages().at(0);
  CHECK(kept["text"] == "a");
  CHECK(kept["plain"] == "a");
  CHECK(kept["shown"] == "c");
  CHECK(kept["edits"] == json{"<b>b</b>", "c"});
  CHECK(messages().size() == 1);
}

TEST_CASE_FIXTURE(telegram_world, "an edit that changes nothing is refused") {
  send("a & b");
  auto answer = edit(1, "a & b");
  CHECK(answer.status == 400);
  CHECK(answer.body == refusal(400, not_modified));
  CHECK(edit(1, " a &amp; b\n", {{"parse_mode", "HTML"}}).body ==
        refusal(400, not_modified));
  CHECK(refused("notModified") == 2);
  CHECK(edit(1, "<b>a</b> &#38; b", {{"parse_mode", "HTML"}}).status == 200);
  CHECK(edit(1, "<strong>a</strong> & b", {{"parse_mode", "HTML"}}).body ==
        refusal(400, not_modified));
  CHECK(edit(1, "a & b").status == 200);
  CHECK(messages().at(0)["edits"].size() == 2);
}

TEST_CASE_FIXTURE(telegram_world, "the message to edit must be there") {
  send("a", {{"chat_id", 7}});
  for (auto id : {1, 0, -1, 99})
    CHECK(edit(id, "b").body ==
          refusal(400, "Bad Request: message to edit not found"));
  CHECK(call("editMessageText", message("b")).body ==
        refusal(400, "Bad Request: message identifier is not specified"));
  CHECK(edit(2, "b", {{"chat_id", 7}}).status == 400);
  CHECK(refused("edit") == 6);
  CHECK(telegram.log().size() == 1);
}

TEST_CASE_FIXTURE(telegram_world,
                  "an edit's text and chat are checked as well") {
  send("a");
  CHECK(edit(1, "").body == refusal(400, "Bad Request: message text is empty"));
  CHECK(edit(1, std::string(4097, 'a')).body ==
        refusal(400, "Bad Request: message is too long"));
  CHECK(edit(1, "<x>", {{"parse_mode", "HTML"}})
            .body["description"]
            .get<std::string>()
            .starts_with("Bad Request: can't parse entities: "));
  telegram.know({7});
  CHECK(edit(1, "b").body == refusal(400, "Bad Request: chat not found"));
  CHECK(messages().at(0)["edits"].empty());
}

TEST_CASE_FIXTURE(telegram_world,
                  "a group that was upgraded names its new id") {
  send("a");
  telegram.migrate(some_chat, supergroup);
  auto moved =
      refusal(400, "Bad Request: group chat was upgraded to a supergroup chat");
  moved["parameters"] = {{"migrate_to_chat_id", supergroup}};
  auto answer = send("b");
  CHECK(answer.status == 400);
  CHECK(answer.body == moved);
  CHECK(edit(1, "b").body == moved);
  CHECK(refused("migrated") == 2);
  CHECK(send("b", {{"chat_id", supergroup}}).body["result"]["message_id"] == 1);
  CHECK(edit(2, "c", {{"chat_id", supergroup}}).body ==
        refusal(400, "Bad Request: message to edit not found"));
  CHECK(messages().size() == 1);
  CHECK(telegram.messages_of(supergroup).size() == 1);
}

TEST_CASE_FIXTURE(telegram_world, "the group that it became is known") {
  telegram.know({some_chat});
  telegram.migrate(some_chat, supergroup);
  CHECK(send("a").body["parameters"]["migrate_to_chat_id"] == supergroup);
  CHECK(send("a", {{"chat_id", supergroup}}).status == 200);
}
