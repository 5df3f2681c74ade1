// Telegram messages as they are shown on a console.
#include "adapters/console_messenger.hpp"
#include "tests/unit/adapters/messenger_world.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

namespace {

struct console_world : messenger_world {
  console_world() {
    console_options options;
    options.chat_id = "@usual";
    options.print = [this](const std::string& block) { shown += block; };
    messenger = spawn_console_messenger(sys, options);
  }

  std::string shown; ///< read between requests alone
};

} // namespace

TEST_CASE("HTML is shown without tags and entities") {
  CHECK(plain_text_of("<b>EUR&amp;USD</b> &lt;BUY&gt; &quot;x&quot;") ==
        "EUR&USD <BUY> \"x\"");
  CHECK(plain_text_of("&amp;lt;") == "&lt;");
  CHECK(plain_text_of("a<a href=\"http://x\">link</a>b<br") == "alinkb");
  CHECK(plain_text_of("R&D & more;") == "R&D & more;");
  CHECK(plain_text_of("") == "");
}

TEST_CASE("nothing in a message moves the cursor or colours the console") {
  CHECK(plain_text_of("a\x1B[2Jb\rc\xC2\x9B") == "a [2Jb c ");
  CHECK(plain_text_of("a\nb") == "a\nb");
}

TEST_CASE_FIXTURE(console_world, "a message is a block under its number") {
  auto report = deliver(telegram_send, R"({"text": "<b>A</b>\nb\n"})");
  CHECK(report.kind == message_report::sent);
  CHECK(report.chat_id == "@usual");
  CHECK(report.message_id == 1);
  CHECK(shown == "[telegram → @usual] #1\n  A\n  b\n");
}

TEST_CASE_FIXTURE(console_world, "an edit and a reply name their message") {
  auto first = deliver(telegram_send, R"({"text": "one", "chatId": "-5"})");
  CHECK(first.chat_id == "-5");
  message_state there{message_status::sent, first.chat_id, first.message_id};
  shown.clear();
  auto edited = deliver(telegram_edit, R"({"text": "two"})", there);
  CHECK(edited.kind == message_report::sent);
  CHECK(edited.message_id == first.message_id);
  CHECK(edited.chat_id == "-5");
  auto reply =
      deliver(telegram_send, R"({"text": "three", "reply": true})", there);
  CHECK(reply.message_id == 3);
  CHECK(shown == "[telegram → -5] #1 (edit)\n  two\n"
                 "[telegram → -5] #3 (reply to #1)\n  three\n");
}
