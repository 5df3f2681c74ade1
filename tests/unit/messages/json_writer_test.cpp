// What is written: commas, escapes, numbers; checked by another library.
#include "messages/json_writer.hpp"
#include "messages/utf8.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <cstdint>
#include <limits>

using namespace holdfast;

namespace {

std::string written(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

} // namespace

TEST_CASE("strings have the escapes of RFC 8785 and no others") {
  CHECK(written("") == R"("")");
  CHECK(written("a/b'c<ö€😂") == R"("a/b'c<ö€😂")");
  CHECK(written("\"\\") == R"("\"\\")");
  CHECK(written("\b\t\n\f\r") == R"("\b\t\n\f\r")");
  CHECK(written(std::string_view{"\0\x0b\x1f\x7f", 4}) ==
        "\"\\u0000\\u000b\\u001f\x7f\"");
}

TEST_CASE("bytes that are not UTF-8 become the replacement character") {
  CHECK(written("a\xFF\xC3") == "\"a\uFFFD\uFFFD\"");
  CHECK(written("\xE2\x82z\xED\xA0\x80") ==
        "\"\uFFFD\uFFFDz\uFFFD\uFFFD\uFFFD\"");
}

TEST_CASE("any bytes are written as valid JSON, UTF-8 unchanged") {
  CHECK(rc::check([](const std::string& bytes) {
    auto text = written(bytes);
    RC_ASSERT(nlohmann::json::accept(text));
    if (find_invalid_utf8(bytes) == std::string::npos)
      RC_ASSERT(nlohmann::json::parse(text) == bytes);
  }));
}

TEST_CASE("objects and arrays get their commas") {
  std::string out = "data: ";
  json_writer w{out};
  w.begin_object();
  w.member("text", "a\"b").member("view", std::string_view{"v"});
  w.member("yes", true).member("no", false);
  w.member("low", std::numeric_limits<std::int64_t>::min());
  w.member("high", std::numeric_limits<std::uint64_t>::max());
  w.member("small", std::uint8_t{5});
  w.raw_member("raw", R"({"x":1.50})").raw_member("none", "");
  w.key("list").begin_array().value(1).null().value("z");
  w.begin_object().end_object().begin_array().end_array().end_array();
  w.key("empty").begin_array().end_array();
  w.end_object();
  CHECK(out == "data: {\"text\":\"a\\\"b\",\"view\":\"v\",\"yes\":true,"
               "\"no\":false,\"low\":-9223372036854775808,"
               "\"high\":18446744073709551615,\"small\":5,\"raw\":{\"x\":1.50},"
               "\"none\":null,\"list\":[1,null,\"z\",{},[]],\"empty\":[]}");
}
