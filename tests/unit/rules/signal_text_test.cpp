// What the messages of a signal say, and which there are.
#include "rules/signal_text.hpp"
#include "tests/unit/contains.hpp"
#include "tests/unit/rules/positions.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <vector>

using namespace holdfast;
using namespace holdfast::test;
using nlohmann::json;

namespace {

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

TEST_CASE("R16: the mark, the pips and the profit say who has won") {
  auto told = [](position_side side, const std::string& price,
                 const std::string& profit) {
    teller x;
    x.how.templates.close = "{mark} {pips} {profit}";
    x.tell(report([&](auto& e) { e.side = side; }));
    auto close = close_report(price);
    close.profit = profit;
    return x.intent(close).at("text").get<std::string>();
  };
  CHECK(told(position_side::buy, "1.12", "20") == "✅ +200 +20");
  CHECK(told(position_side::buy, "1.08", "-20") == "❌ -200 -20");
  CHECK(told(position_side::sell, "1.08", "20") == "✅ +200 +20");
  CHECK(told(position_side::sell, "1.12", "-20.5") == "❌ -200 -20.5");
  CHECK(told(position_side::buy, "1.1", "0") == "➖ 0 0");
  // Without a price the profit decides, and without both nobody knows.
  CHECK(told(position_side::buy, "", "-1") == "❌ – -1");
  CHECK(told(position_side::buy, "", "") == "– – –");
}

TEST_CASE("every placeholder says what it is called after") {
  teller x;
  auto event = report([](auto& e) {
    e.side = position_side::sell;
    e.profit = "1.5";
    e.comment = "by hand";
    e.time = "2026-11-22 15:36";
  });
  CHECK(x.with("{pair}|{type}|{arrow}|{category}|{entry}|{sl}|{tp}|{volume}",
               event) == "EURUSD|SELL|⬇️|vip|1.1|1.08|1.15|1");
  teller y;
  CHECK(y.with("{profit}|{accountId}|{positionId}|{signalId}|{comment}|{time}",
               event) == "+1.5|acc-1|250999390|signal-5f3a9c1e-42|by hand|"
                         "2026-11-22 15:36");
}

TEST_CASE("without a time of its own a message has that of the change") {
  teller x;
  x.one.now_ms = 1'709'210'095'007;
  CHECK(x.with("{time}", report()) == "2024-02-29T12:34:56.007Z");
}

TEST_CASE("changes are told in one line") {
  teller x;
  x.how.templates.update = "{changes}";
  x.how.templates.close = "{changes}";
  CHECK(x.with("{changes}", report()) == "opened");
  auto moved = report([](auto& e) {
    e.stop_loss.clear();
    e.volume = "2";
  });
  CHECK(x.intent(moved)["text"] == "stop loss 1.08 → none, volume 1 → 2");
  CHECK(x.intent(close_report("1.12"))["text"] == "closed at 1.12, +200 pips");
  teller y;
  y.how.templates.close = "{changes}";
  y.tell(report());
  CHECK(y.intent(close_report(""))["text"] == "closed");
}

TEST_CASE("replies are messages of their own beside the edit, where wanted") {
  teller x;
  x.how.update_reply = true;
  CHECK(x.tell(report()).size() == 1);
  auto drafts = x.tell(report([](auto& e) { e.volume = "2"; }));
  REQUIRE(drafts.size() == 2);
  CHECK(drafts[0].kind == telegram_edit);
  CHECK(drafts[1].kind == telegram_send);
  CHECK_FALSE(drafts[1].supersedes);
  auto intent = json::parse(drafts[1].intent);
  CHECK(intent == json{{"change", "update"},
                       {"signalId", "signal-5f3a9c1e-42"},
                       {"chatId", "-1001"},
                       {"text", "⬆️ <b>EURUSD</b> BUY: volume 1 → 2"},
                       {"reply", true}});
  CHECK(x.tell(close_report()).size() == 1);
  teller y;
  y.how.close_reply = true;
  y.tell(report());
  CHECK(y.tell(report([](auto& e) { e.volume = "2"; })).size() == 1);
  drafts = y.tell(close_report("1.09"));
  REQUIRE(drafts.size() == 2);
  intent = json::parse(drafts[1].intent);
  CHECK(intent["change"] == "close");
  CHECK(intent["reply"] == true);
  CHECK(intent["text"] ==
        "⬆️ <b>EURUSD</b> BUY: closed at 1.09, -100 pips");
}

TEST_CASE("R9: a close that gets its price later is edited in, and not told "
          "twice") {
  teller x;
  x.how.close_reply = true;
  x.tell(report());
  auto inferred = close_report("");
  inferred.inferred = true;
  CHECK(x.tell(inferred).size() == 2);
  auto drafts = x.tell(close_report("1.12"));
  REQUIRE(drafts.size() == 1);
  CHECK(drafts[0].kind == telegram_edit);
  CHECK(contains(json::parse(drafts[0].intent)["text"], "Pips    +200"));
  CHECK(x.tell(close_report("1.12")).empty());
}

TEST_CASE("a position that is open again is told as an update") {
  teller x;
  x.tell(report());
  auto inferred = close_report("");
  inferred.inferred = true;
  x.tell(inferred);
  auto intent = x.intent(report());
  CHECK(intent["change"] == "update");
  CHECK(contains(intent["text"], "open again"));
}

TEST_CASE("nothing is told of what brings nothing new, is silent, or was "
          "never announced") {
  teller x;
  x.how.webhook = true;
  x.how.close_reply = true;
  CHECK(x.tell(report()).size() == 2);
  CHECK(x.tell(report()).empty());
  x.tell(close_report());
  CHECK(x.tell(report()).empty());
  teller quiet;
  quiet.how = x.how;
  CHECK(quiet.tell(report([](auto& e) { e.silent = true; })).empty());
  CHECK(quiet.tell(report([](auto& e) { e.volume = "2"; })).empty());
  CHECK(quiet.tell(close_report()).empty());
  teller late;
  late.how = x.how;
  CHECK(late.tell(close_report()).empty());
}

TEST_CASE("without Telegram and webhook nobody is told") {
  teller x;
  x.how.telegram = false;
  CHECK(x.tell(report()).empty());
}

TEST_CASE("the webhook gets the signal in the contract's shape") {
  teller x;
  x.how.telegram = false;
  x.how.webhook = true;
  x.one.now_ms = 1'709'210'095'007;
  auto drafts = x.tell(report([](auto& e) { e.take_profit.clear(); }));
  REQUIRE(drafts.size() == 1);
  CHECK(drafts[0].kind == signal_webhook);
  CHECK_FALSE(drafts[0].supersedes);
  CHECK(drafts[0].intent ==
        R"({"body":{"event":"signal_created","signal":{)"
        R"("signalId":"signal-5f3a9c1e-42","accountId":"acc-1",)"
        R"("positionId":"250999390","pair":"EURUSD","type":"BUY",)"
        R"("category":"vip","entryPrice":"1.1","stopLoss":"1.08",)"
        R"("status":"active","createdAt":"2024-02-29T12:34:56.007Z",)"
        R"("updatedAt":"2024-02-29T12:34:56.007Z"},"changes":[]}})");
  auto body = x.intent(report()).at("body");
  CHECK(body["event"] == "signal_updated");
  CHECK(body["signal"]["takeProfit"] == "1.15");
  CHECK(body["changes"] == json{"take profit none → 1.15"});
  auto close = close_report("1.12");
  close.profit = "20";
  body = x.intent(close).at("body");
  CHECK(body["event"] == "signal_closed");
  CHECK(body["signal"]["status"] == "closed");
  CHECK(body["signal"]["closePrice"] == "1.12");
  CHECK(body["signal"]["resultPips"] == "200");
  CHECK(body["signal"]["profit"] == "20");
  CHECK(body["changes"] == json::array());
}

TEST_CASE("every default template passes the check") {
  auto x = default_templates();
  for (const auto& text : {x.open, x.update, x.close, x.reply})
    CHECK_FALSE(check_template_text(text));
  CHECK(contains(check_template_text("{coin}").value_or(""), "{coin}"));
}
