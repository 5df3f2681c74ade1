// Which names are the node's own, and which pages.
#include "gateway/origin_rule.hpp"

#include <doctest/doctest.h>

using namespace holdfast;

namespace {

http_request request(std::vector<http_header> headers) {
  http_request what;
  what.headers = std::move(headers);
  return what;
}

bool host_passes(const origin_rule& rule, std::string host) {
  return !rule.check_host(request({{"Host", std::move(host)}}));
}

bool origin_passes(const origin_rule& rule, std::string host,
                   std::string origin) {
  return !rule.check_origin(
      request({{"Host", std::move(host)}, {"Origin", std::move(origin)}}));
}

} // namespace

TEST_CASE("a node answers to its address, localhost and its names") {
  origin_rule rule{{"bot.example", "other.example:8443"}};
  for (auto host : {"127.0.0.1", "127.0.0.1:8080", "localhost", "LocalHost:1",
                    "bot.example", "Bot.Example:9999", "other.example:8443"}) {
    INFO(host);
    CHECK(host_passes(rule, host));
  }
  for (auto host :
       {"evil.example", "evil.example:8080", "127.0.0.1.evil.example",
        "localhost.evil.example", "xbot.example", "bot.example.",
        "other.example", "other.example:1", "2130706433", "", ":8080",
        "127.0.0.1:80x", "127.0.0.1:999999", "user@127.0.0.1"}) {
    INFO(host);
    CHECK_FALSE(host_passes(rule, host));
  }
}

TEST_CASE("a node answers to every address: none can be pointed elsewhere") {
  origin_rule rule{{}};
  for (auto host : {"127.0.0.2", "0.0.0.0", "10.1.2.3:8080", "[::1]:8080",
                    "[0:0:0:0:0:0:0:1]", "[fe80::1]:8080"}) {
    INFO(host);
    CHECK(host_passes(rule, host));
  }
  for (auto host : {"evil.example", "[::1", "[::1]x", "[evil.example]", "::1",
                    "127.0.0.1.", "127.1"}) {
    INFO(host);
    CHECK_FALSE(host_passes(rule, host));
  }
}

TEST_CASE("a target in absolute form counts more than Host") {
  origin_rule rule{{}};
  auto what = request({{"Host", "127.0.0.1"}});
  what.authority = "evil.example";
  CHECK(rule.check_host(what));
  what = request({{"Host", "evil.example"}});
  what.authority = "127.0.0.1";
  CHECK_FALSE(rule.check_host(what));
}

TEST_CASE("HTTP/1.0 has no Host, an empty one is no name") {
  origin_rule rule{{}};
  CHECK_FALSE(rule.check_host(request({})));
  CHECK(rule.check_host(request({{"Host", ""}})));
}

TEST_CASE("only the node's own pages pass") {
  origin_rule rule{{"bot.example"}};
  CHECK(origin_passes(rule, "127.0.0.1:8080", "http://127.0.0.1:8080"));
  CHECK(origin_passes(rule, "localhost:8080", "https://LOCALHOST:8080"));
  // A proxy in front, with or without the name it was called by.
  CHECK(origin_passes(rule, "bot.example", "https://bot.example"));
  CHECK(origin_passes(rule, "127.0.0.1:8080", "https://bot.example"));
  for (auto origin :
       {"http://127.0.0.1:9999", "http://localhost:8080", "null", "",
        "http://evil.example", "http://127.0.0.1:8080.evil.example",
        "file://127.0.0.1:8080", "http://"}) {
    INFO(origin);
    CHECK_FALSE(origin_passes(rule, "127.0.0.1:8080", origin));
  }
}

TEST_CASE("browsers tell of other sites without an Origin too") {
  origin_rule rule{{}};
  CHECK_FALSE(rule.check_origin(request({})));
  for (auto site : {"same-origin", "none"})
    CHECK_FALSE(rule.check_origin(request({{"Sec-Fetch-Site", site}})));
  for (auto site : {"cross-site", "same-site", "x"})
    CHECK(rule.check_origin(request({{"Sec-Fetch-Site", site}})));
}

TEST_CASE("names of the node are names") {
  for (auto name : {"bot.example", "bot.example:8443", "10.0.0.1", "[::1]:80"})
    CHECK_FALSE(check_host_name(name));
  for (auto name : {"", "https://bot.example", "*.example", "a b", "bot:x"})
    CHECK(check_host_name(name));
}
