// UTF-8 after RFC 3629, against all code points.
#include "messages/utf8.hpp"

#include <doctest/doctest.h>

using namespace holdfast;

TEST_CASE("every code point but the surrogates is one character") {
  for (std::uint32_t x = 0; x <= 0x10FFFF; ++x) {
    std::string text;
    append_utf8(text, x);
    bool surrogate = x >= 0xD800 && x < 0xE000;
    auto expected = surrogate ? std::size_t{0} : text.size();
    if (utf8_length(text + "x") != expected)
      FAIL("code point ", x);
    if (!surrogate && utf8_length(text.substr(0, text.size() - 1)) != 0 &&
        text.size() > 1)
      FAIL("cut short: code point ", x);
  }
}

TEST_CASE("what RFC 3629 forbids is found where it stands") {
  for (auto bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE",
        "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC3("}) {
    CAPTURE(bad);
    CHECK(utf8_length(bad) == 0);
    CHECK(find_invalid_utf8("a€" + std::string{bad}) == 4);
  }
  CHECK(find_invalid_utf8("") == std::string::npos);
  CHECK(find_invalid_utf8("aö€😂") == std::string::npos);
}

TEST_CASE("long texts are cut between characters") {
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("abcd", 3) == "abc…");
  CHECK(shortened("ab€", 4) == "ab…");
  CHECK(shortened("€€", 3) == "€…");
}
