// The size of a pip, and how many of them were won.
#include "rules/decimal.hpp"
#include "rules/glob.hpp"
#include "rules/position_rules.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace holdfast;

namespace {

std::string size_of(std::string_view symbol) {
  return pip_table{}.size_of(symbol);
}

bool has(const std::optional<std::string>& text, const std::string& part) {
  return text && text->find(part) != std::string::npos;
}

/// What a glob means, said by recursion, for patterns without sets.
bool naive_match(std::string_view glob, std::string_view text) {
  if (glob.empty())
    return text.empty();
  if (glob[0] == '*')
    return naive_match(glob.substr(1), text) ||
           (!text.empty() && naive_match(glob, text.substr(1)));
  return !text.empty() && (glob[0] == '?' || glob[0] == text[0]) &&
         naive_match(glob.substr(1), text.substr(1));
}

} // namespace

TEST_CASE("two currencies make forex, whatever suffix a broker adds") {
  for (std::string symbol :
       {"EURUSD", "GBPCHF", "USDTRY", "EURUSD.m", "EURUSD_i", "EURUSD-pro",
        "EURUSDm", "EURUSDmicro", "EURUSD#", "EUR/USD", "EUR/USD.x", "eurusd",
        "EURUSD.RAW"})
    CHECK_MESSAGE(size_of(symbol) == "0.0001", symbol);
  for (std::string symbol : {"USDJPY", "EURJPY.m", "GBPJPYm", "CHF/JPY"})
    CHECK_MESSAGE(size_of(symbol) == "0.01", symbol);
  CHECK(size_of("JPYUSD") == "0.0001");
}

TEST_CASE("gold has pips of 0.1, silver of 0.01") {
  for (std::string symbol :
       {"XAUUSD", "XAUEUR", "XAUUSD.m", "XAUUSDm", "XAUJPY"})
    CHECK_MESSAGE(size_of(symbol) == "0.1", symbol);
  for (std::string symbol : {"XAGUSD", "XAGUSD_i"})
    CHECK_MESSAGE(size_of(symbol) == "0.01", symbol);
}

TEST_CASE("everything else has pips of 1: crypto, indices, what nobody "
          "knows") {
  for (std::string symbol : {"BTCUSDT", "BTCUSD", "ETHUSD", "BTCJPY", "US30",
                             "GER40", "JPN225", "NAS100.m", "EURUSDT", "EURUS",
                             "EUR", "", "USDX", "AAPL", "EURUSD2", "ÄÖÜ", "😂😂"})
    CHECK_MESSAGE(size_of(symbol) == "1", symbol);
}

TEST_CASE("the longest pattern that matches counts, before the defaults") {
  pip_table table;
  CHECK_FALSE(table.add("*", "5"));
  CHECK_FALSE(table.add("EUR*", "0.5"));
  CHECK_FALSE(table.add("EURUSD", "0.00010"));
  CHECK_FALSE(table.add("US[35]0*", "1e-1"));
  CHECK(table.size_of("EURUSD") == "0.0001");
  CHECK(table.size_of("EURUSD.m") == "0.5");
  CHECK(table.size_of("US30.cash") == "0.1");
  CHECK(table.size_of("US40") == "5");
}

TEST_CASE("what is wrong with a pip size is said") {
  pip_table table;
  for (std::string size : {"0", "-1", "", "x", "1,5", "1e99", "0.0"})
    CHECK_MESSAGE(has(table.add("A", size), "decimal greater than 0"), size);
  CHECK(has(table.add("", "1"), "pattern must have 1 to 64"));
  CHECK(has(table.add(std::string(65, 'A'), "1"), "pattern must have 1 to 64"));
  CHECK(has(table.add("EUR[US", "1"), "[ without its ]"));
  CHECK(table.size_of("A") == "1");
}

TEST_CASE("globs match as the shell's do") {
  auto yes = [](std::string_view glob, std::string_view text) {
    return is_glob(glob) && glob_matches(glob, text);
  };
  CHECK(yes("[a-c]x", "bx"));
  CHECK_FALSE(yes("[a-c]x", "dx"));
  CHECK_FALSE(yes("[a-c]x", "-x"));
  CHECK(yes("[!a-c]x", "dx"));
  CHECK_FALSE(yes("[^a-c]x", "ax"));
  CHECK_FALSE(yes("[!a]", ""));
  CHECK(yes("[]]", "]"));
  CHECK(yes("[!]]", "a"));
  CHECK_FALSE(yes("[!]]", "]"));
  CHECK(yes("[a-]", "-"));
  CHECK(yes("[*]", "*"));
  CHECK_FALSE(yes("[*]", "x"));
  CHECK_FALSE(yes("[a-a]", "-"));
  CHECK(yes("*[0-9]", "US30"));
  CHECK(yes("[ab][cd]*", "bd"));
  CHECK_FALSE(is_glob("[ab"));
  CHECK_FALSE(is_glob("x[]"));
  CHECK_FALSE(is_glob("x[!]"));
  CHECK_FALSE(is_glob("[a]["));
  CHECK_FALSE(is_glob("["));
}

TEST_CASE("stars and question marks match as their meaning says") {
  CHECK(rc::check([] {
    // Short: the recursion takes its time.
    auto glob = *rc::gen::resize(10, rc::gen::container<std::string>(
                                         rc::gen::element('a', 'b', '*', '?')));
    auto text = *rc::gen::resize(
        10, rc::gen::container<std::string>(rc::gen::element('a', 'b')));
    RC_ASSERT(glob_matches(glob, text) == naive_match(glob, text));
  }));
}

TEST_CASE("many stars take no time") {
  std::string glob;
  for (int count = 0; count < 30; ++count)
    glob += "*a";
  CHECK_FALSE(glob_matches(glob + "b", std::string(2000, 'a')));
}

TEST_CASE("R16: pips are won from the position's own side") {
  CHECK(pips_between(position_side::buy, "1.1", "1.1085", "0.0001") == "85");
  CHECK(pips_between(position_side::buy, "1.1085", "1.1", "0.0001") == "-85");
  CHECK(pips_between(position_side::sell, "1.1", "1.1085", "0.0001") == "-85");
  CHECK(pips_between(position_side::sell, "1.1085", "1.1", "0.0001") == "85");
  CHECK(pips_between(position_side::sell, "151.237", "151.2", "0.01") == "3.7");
  CHECK(pips_between(position_side::buy, "2300.15", "2310.4", "0.1") ==
        "102.5");
  CHECK(pips_between(position_side::sell, "1.1", "1.10", "0.0001") == "0");
}

TEST_CASE("pips are rounded to two decimals, half away from zero") {
  CHECK(pips_between(position_side::buy, "1", "1.0000005", "0.0001") == "0.01");
  CHECK(pips_between(position_side::sell, "1", "1.0000005", "0.0001") ==
        "-0.01");
  CHECK(pips_between(position_side::sell, "1", "1.0000004", "0.0001") == "0");
  CHECK(pips_between(position_side::buy, "0", "1", "3") == "0.33");
}

TEST_CASE("the longest prices and the smallest pip have exact pips") {
  auto large = std::string(38, '9');
  auto small = "0." + std::string(37, '0') + "1";
  CHECK(pips_between(position_side::buy, small, large, small) ==
        std::string(37, '9') + "8" + std::string(38, '9'));
}
