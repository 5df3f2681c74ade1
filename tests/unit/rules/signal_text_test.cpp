// What the messages of a signal say, and which there are.
#include "rules/signal_text.hpp"
#include "tests/unit/rules/positions.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <vector>

using namespace holdfast;
using namespace holdfast::test;
using nlohmann::json;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

message_settings telegram() {
  message_settings how;
  how.telegram = true;
  how.chat_id = "-1001";
  return how;
}

/// A position whose changes are put into messages.
struct teller {
  one_position one;
  message_settings how = telegram();

  teller() {
    one.heard = true;
    one.known.status = position_status::processing;
    one.known.signal = {0x5f3a9c1e, 42};
  }

  std::vector<message_draft> tell(const position_event& event) {
    auto change = one.take(event);
    return messages_for(change, event, how);
  }

  json intent(const position_event& event) {
    auto drafts = tell(event);
    REQUIRE(drafts.size() == 1);
    return json::parse(drafts[0].intent);
  }

  /// What the open template alone makes of a position.
  std::string with(const std::string& text, const position_event& event) {
    how.templates.open = text;
    return intent(event).at("text");
  }
};

} // namespace

TEST_CASE("an open is sent, its updates and its close are edited in") {
  teller x;
  auto drafts = x.tell(report());
  REQUIRE(drafts.size() == 1);
  CHECK(drafts[0].kind == telegram_send);
  CHECK_FALSE(drafts[0].supersedes);
  auto intent = json::parse(drafts[0].intent);
  CHECK(intent.size() == 4);
  CHECK(intent["change"] == "open");
  CHECK(intent["signalId"] == "signal-5f3a9c1e-42");
  CHECK(intent["chatId"] == "-1001");
  CHECK(intent["text"] == "⬆️ <b>EURUSD</b> BUY\n"
                          "<pre>Entry   1.1\n"
                          "SL      1.08\n"
                          "TP      1.15\n"
                          "Volume  1</pre>\n"
                          "<i>vip · signal-5f3a9c1e-42</i>");
  drafts = x.tell(report([](auto& e) { e.volume = "0.4"; }));
  REQUIRE(drafts.size() == 1);
  CHECK(drafts[0].kind == telegram_edit);
  CHECK(drafts[0].supersedes);
  intent = json::parse(drafts[0].intent);
  CHECK(intent["change"] == "update");
  CHECK(intent["text"] == "⬆️ <b>EURUSD</b> BUY · updated\n"
                          "<pre>Entry   1.1\n"
                          "SL      1.08\n"
                          "TP      1.15\n"
                          "Volume  0.4</pre>\n"
                          "✏️ volume 1 → 0.4\n"
                          "<i>vip · signal-5f3a9c1e-42</i>");
  auto close = close_report("1.1085");
  close.profit = "34";
  drafts = x.tell(close);
  REQUIRE(drafts.size() == 1);
  CHECK(drafts[0].kind == telegram_edit);
  CHECK(drafts[0].supersedes);
  intent = json::parse(drafts[0].intent);
  CHECK(intent["change"] == "close");
  CHECK(intent["text"] == "✅ <b>EURUSD</b> BUY · closed\n"
                          "<pre>Entry   1.1\n"
                          "Exit    1.1085\n"
                          "Pips    +85\n"
                          "Profit  +34</pre>\n"
                          "<i>vip · signal-5f3a9c1e-42</i>");
}

TEST_CASE("R11: markup, dollars, underscores and braces in values come out "
          "literally") {
  teller x;
  auto text = x.with("{pair}|{comment}", report([](auto& e) {
                       e.symbol = "BTC_USD$1";
                       e.comment = "<b>{pair} & $& *_x_* {{}} {volume";
                     }));
  CHECK(text == "BTC_USD$1|&lt;b&gt;{pair} &amp; $&amp; *_x_* {{}} {volume");
}

TEST_CASE("R21: what is not known is a dash") {
  teller x;
  auto text = x.with("{sl} {tp} {exit} {pips} {profit} {mark} {comment} "
                     "{changes}",
                     report([](auto& e) {
                       e.stop_loss.clear();
                       e.take_profit.clear();
                     }));
  CHECK(text == "– – – – – – – opened");
}

TEST_CASE("every default template passes the check") {
  auto x = default_templates();
  for (const auto& text : {x.open, x.update, x.close, x.reply})
    CHECK_FALSE(check_template_text(text));
  CHECK(has(check_template_text("{coin}").value_or(""), "{coin}"));
}
