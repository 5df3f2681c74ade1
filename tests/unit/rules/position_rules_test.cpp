// Which reports are valid, and in what form they are kept.
#include "tests/unit/contains.hpp"
#include "tests/unit/rules/positions.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace holdfast;
using namespace holdfast::test;

namespace {

template <class Change>
position_event accepted(Change change) {
  auto x = report(change);
  if (auto why = prepare_position(x))
    FAIL(why->detail);
  return x;
}

/// Why a report is refused.
std::string refusal_of(position_event x) {
  auto found = prepare_position(x);
  REQUIRE(found);
  CHECK(found->code == errc::invalid);
  return found->detail;
}

template <class Change>
std::string refused(Change change) {
  return refusal_of(report(change));
}

constexpr auto closes = [](auto& x) { x.change = position_change::closed; };

} // namespace

TEST_CASE("a report is normalised: amounts plain, a price of 0 is none") {
  auto x = accepted([](auto& x) {
    x.volume = "1e-2";
    x.open_price = "1.10";
    x.current_price = "110e-2";
    x.stop_loss = "0";
    x.take_profit = "0.00";
    x.close_price = "0e5";
    x.profit = "-12.50";
    x.commission = "-0";
    x.swap = "0.0";
  });
  CHECK(x.volume == "0.01");
  CHECK(x.open_price == "1.1");
  CHECK(x.current_price == "1.1");
  CHECK(x.stop_loss.empty());
  CHECK(x.take_profit.empty());
  CHECK(x.close_price.empty());
  CHECK(x.profit == "-12.5");
  CHECK(x.commission == "0");
  CHECK(x.swap == "0");
}

TEST_CASE("a symbol keeps a broker's suffix, and gets capitals when it has "
          "none") {
  auto symbol = [](std::string text) {
    return accepted([&](auto& x) { x.symbol = std::move(text); }).symbol;
  };
  CHECK(symbol("EURUSDm") == "EURUSDm");
  CHECK(symbol("EURUSD.pro") == "EURUSD.pro");
  CHECK(symbol("eurusd") == "EURUSD");
  CHECK(symbol("us30") == "US30");
}

TEST_CASE("ids have 1 to 100 bytes of UTF-8 without control characters") {
  CHECK(refused([](auto& x) { x.account_id = ""; }) ==
        "accountId is empty; it must have 1 to 100 bytes");
  CHECK(refused([](auto& x) { x.position_id = std::string(101, 'x'); }) ==
        "positionId has 101 bytes; it must have 1 to 100");
  CHECK(refused([](auto& x) { x.account_id = "a\nb"; }) ==
        "accountId has a control character at byte 2; it must have none");
  CHECK(refused([](auto& x) { x.position_id = "\u0085"; }) ==
        "positionId has a control character at byte 1; it must have none");
  CHECK(refused([](auto& x) { x.position_id = "ab\xFF"; }) ==
        "positionId is not valid UTF-8 at byte 3");
  accepted([](auto& x) {
    x.account_id = std::string(100, 'a');
    x.position_id = std::string(100, 'p');
  });
}

TEST_CASE("ids whose resource is too long are refused") {
  auto with = [](std::size_t colons) {
    return [=](auto& x) {
      x.account_id = std::string(100, 'a');
      x.position_id = std::string(colons, ':') + std::string(88 - colons, 'p');
    };
  };
  // "position:" and a colon take ten bytes.
  CHECK(position_resource(accepted(with(29)).account_id,
                          accepted(with(29)).position_id)
            .size() == 256);
  CHECK(contains(refused(with(30)), "a resource of 258 bytes; at most 256"));
}

TEST_CASE("a symbol has 1 to 64 bytes without spaces") {
  auto symbol = [](std::string text) {
    return refused([&](auto& x) { x.symbol = std::move(text); });
  };
  CHECK(symbol("") == "symbol is empty; it must have 1 to 64 bytes");
  CHECK(contains(symbol(std::string(65, 'A')), "symbol has 65 bytes"));
  CHECK(
      contains(symbol("EUR USD"), "no spaces, such as EURUSD, not 'EUR USD'"));
  CHECK(contains(symbol("EUR\tUSD"), "control character"));
}

TEST_CASE("side and event that no report can have are refused") {
  CHECK(refused([](auto& x) { x.side = position_side{9}; }) ==
        "type must be BUY or SELL");
  CHECK(refused([](auto& x) { x.change = position_change{9}; }) ==
        "event must be opened, updated or closed");
}

TEST_CASE("volume and open price must be there and greater than 0") {
  using field = std::string position_event::*;
  for (auto [name, at] :
       {std::pair<std::string, field>{"volume", &position_event::volume},
        {"openPrice", &position_event::open_price}}) {
    auto with = [at = at](std::string text) {
      return refused([&](auto& x) { x.*at = text; });
    };
    CHECK(contains(with(""), name + " is needed"));
    for (auto text : {"0", "-1", "0.0", "abc", "1,5", "NaN", " 1", "1e99"})
      CHECK(contains(with(text), name +
                                     " must be a decimal greater than 0 of at "
                                     "most 38 digits, such as \"0.25\", not '" +
                                     text + "'"));
  }
}

TEST_CASE("other prices are at least 0, and money is any decimal") {
  using field = std::string position_event::*;
  for (auto [name, at] : {std::pair<std::string, field>{
                              "currentPrice", &position_event::current_price},
                          {"closePrice", &position_event::close_price},
                          {"stopLoss", &position_event::stop_loss},
                          {"takeProfit", &position_event::take_profit}}) {
    auto with = [at = at](std::string text) {
      return refused([&](auto& x) { x.*at = text; });
    };
    CHECK(contains(with("-0.1"), name + " must be a decimal of at least 0"));
    CHECK(contains(with("x"), name + " must be"));
  }
  for (auto [name, at] :
       {std::pair<std::string, field>{"profit", &position_event::profit},
        {"commission", &position_event::commission},
        {"swap", &position_event::swap}}) {
    auto with = [at = at](std::string text) {
      return refused([&](auto& x) { x.*at = text; });
    };
    CHECK(contains(with("--1"), name + " must be a decimal of at most"));
    CHECK(contains(with(std::string(39, '9')), name + " must be"));
    CHECK((accepted([at = at](auto& x) { x.*at = "-7.10"; }).*at) == "-7.1");
  }
}

TEST_CASE("amounts have at most 38 digits") {
  std::string digits(38, '9');
  CHECK(accepted([&](auto& x) { x.volume = digits; }).volume == digits);
  CHECK(contains(refused([&](auto& x) { x.volume = digits + '9'; }),
                 "38 digits"));
  CHECK(contains(refused([](auto& x) { x.profit = "1e-39"; }), "38 digits"));
  CHECK(contains(refused([](auto& x) { x.profit = "1e99999999999999999999"; }),
                 "38 digits"));
}

TEST_CASE("time and comment are short texts without control characters") {
  auto comment = [](std::string text) {
    return [=](auto& x) { x.comment = text; };
  };
  auto time = [](std::string text) { return [=](auto& x) { x.time = text; }; };
  accepted(comment(std::string(500, 'c')));
  accepted(comment("<b>\"ö\" & {pair} 😂 \\"));
  accepted(time(std::string(64, '1')));
  CHECK(contains(refused(comment(std::string(501, 'c'))),
                 "comment has 501 bytes; it must have 0 to 500"));
  CHECK(contains(refused(comment("a\x1b[31m")),
                 "comment has a control character"));
  CHECK(
      contains(refused(comment("a\u009f")), "comment has a control character"));
  CHECK(contains(refused(comment("\xC3")), "comment is not valid UTF-8"));
  CHECK(contains(refused(time(std::string(65, '1'))), "time has 65 bytes"));
  CHECK(contains(refused(time("1\n")), "time has a control character"));
}

TEST_CASE("a close needs nothing but its ids") {
  position_event x;
  x.change = position_change::closed;
  x.account_id = "acc-1";
  x.position_id = "7";
  CHECK_FALSE(prepare_position(x));
  x.volume = "0";
  x.open_price = "0.0";
  CHECK_FALSE(prepare_position(x));
  CHECK(x.volume.empty());
  CHECK(x.open_price.empty());
  x.position_id.clear();
  CHECK(contains(refusal_of(x), "positionId is empty"));
}

TEST_CASE("what a close does say must be right") {
  auto closing = [](auto change) {
    return refused([&](auto& x) {
      closes(x);
      change(x);
    });
  };
  CHECK(contains(closing([](auto& x) { x.volume = "-1"; }), "volume must be"));
  CHECK(contains(closing([](auto& x) { x.open_price = "x"; }),
                 "openPrice must be"));
  CHECK(contains(closing([](auto& x) { x.close_price = "-1"; }), "closePrice"));
  CHECK(contains(closing([](auto& x) { x.symbol = "A B"; }), "symbol must"));
}

TEST_CASE("a long value is cut where the refusal shows it") {
  auto text = refused([](auto& x) { x.volume = std::string(9999, 'x'); });
  CHECK(text.size() < 300);
}
