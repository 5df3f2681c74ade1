// What is told on of other services' words.
#include "adapters/json_object.hpp"
#include "adapters/reply_text.hpp"

#include <doctest/doctest.h>

using namespace holdfast;

TEST_CASE("a service's words become one line of bounded length") {
  CHECK(one_line("a\nb\tc\x7F") == "a b c ");
  CHECK(one_line("\x1B[2Jx") == " [2Jx");
  CHECK(one_line("a\xC2\x9Bz\xC2\xA0") == "a z\xC2\xA0");
  CHECK(one_line(std::string(256, 'x')) == std::string(256, 'x'));
  CHECK(one_line(std::string(257, 'x')) == std::string(256, 'x') + "…");
  // Not in the middle of a character.
  CHECK(one_line(std::string(255, 'x') + "éé") == std::string(255, 'x') + "…");
  CHECK(without_controls("a\nb\r", true) == "a\nb ");
}

TEST_CASE("a secret stands in no text") {
  CHECK(without_secret("bot1:abc, 1:abc", "1:abc") == "bot…, …");
  CHECK(without_secret("nothing", "1:abc") == "nothing");
  CHECK(without_secret("text", "") == "text");
  CHECK(without_secret("a…b", "…") == "a…b");
}

TEST_CASE("Retry-After is taken in seconds, between one and a day's") {
  CHECK(read_retry_after("7") == 7000);
  CHECK(read_retry_after("0") == 1000);
  CHECK(read_retry_after("99999999") == 86'400'000);
  CHECK(read_retry_after("99999999999999999999999") == 86'400'000);
  for (auto text :
       {"", "-1", "1.5", "soon", "7 ", "Wed, 21 Oct 2015 07:28:00 GMT"}) {
    INFO(text);
    CHECK(!read_retry_after(text));
  }
}

TEST_CASE("an object's members are asked for by name and kind") {
  json_object x{R"({"n": 12, "s": "a\u00e9", "t": true, "o": {"n": 1.5}})"};
  CHECK(x.text("s") == "aé");
  CHECK(x.text("n") == "12");
  CHECK(x.text("t").empty());
  CHECK(x.integer("n") == 12);
  CHECK(!x.integer("s"));
  CHECK(x.is_true("t"));
  CHECK(!x.is_true("n"));
  CHECK(x.inside("o").text("n") == "1.5");
  CHECK(!x.inside("o").integer("n"));
  CHECK(x.inside("s").text("n").empty());
  CHECK(x.inside("nothing").find("n") == nullptr);
  CHECK(json_object{"[1]"}.find("n") == nullptr);
}
