#include "node/config.hpp"
#include "node/config_keys.hpp"
#include "tests/unit/node/config_text.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace holdfast;
using namespace holdfast::test;

namespace {

std::string text_of_example() {
  std::ifstream in{example_file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

using lines = std::vector<std::string>;

void check_equal(const node_config& a, const node_config& b) {
  CHECK(a.engine.data_dir == b.engine.data_dir);
  CHECK(a.engine.map_bytes == b.engine.map_bytes);
  CHECK(a.engine.locks.timeout_ms == b.engine.locks.timeout_ms);
  CHECK(a.engine.locks.timeout_max_ms == b.engine.locks.timeout_max_ms);
  CHECK(a.engine.locks.queue_depth_max == b.engine.locks.queue_depth_max);
  CHECK(a.engine.locks.max_retries == b.engine.locks.max_retries);
  CHECK(a.engine.locks.retry_base_ms == b.engine.locks.retry_base_ms);
  CHECK(a.engine.locks.retry_max_ms == b.engine.locks.retry_max_ms);
  CHECK(a.engine.locks.outcome_retention_ms ==
        b.engine.locks.outcome_retention_ms);
  CHECK(a.engine.journal_retention_ms == b.engine.journal_retention_ms);
  CHECK(a.engine.cleanup_interval_ms == b.engine.cleanup_interval_ms);
  CHECK(a.engine.idle_owner_ms == b.engine.idle_owner_ms);
  CHECK(a.engine.owners_max == b.engine.owners_max);
  CHECK(a.engine.in_flight_max == b.engine.in_flight_max);
  CHECK(a.listen.host == b.listen.host);
  CHECK(a.listen.port == b.listen.port);
  CHECK(a.log_level == b.log_level);
  CHECK(a.format == b.format);
  CHECK(a.exchange == b.exchange);
  CHECK(a.trades.resource == b.trades.resource);
  CHECK(a.trades.timeout_ms == b.trades.timeout_ms);
  CHECK(a.paper.fill_delay_ms == b.paper.fill_delay_ms);
  CHECK(a.paper.default_price == b.paper.default_price);
  CHECK(a.paper.prices == b.paper.prices);
  CHECK(a.paper.balances == b.paper.balances);
  CHECK(a.limits == b.limits);
  CHECK(a.hosts == b.hosts);
  CHECK(a.auth.tokens_file == b.auth.tokens_file);
  CHECK(a.auth.requests_per_s == b.auth.requests_per_s);
  CHECK(a.auth.burst == b.auth.burst);
  CHECK(a.tls.certificate == b.tls.certificate);
  CHECK(a.tls.private_key == b.tls.private_key);
}

} // namespace

TEST_CASE("an empty file means the defaults of the contract") {
  auto c = parse_config("", "c.toml");
  CHECK(c.engine.data_dir == "data");
  CHECK(c.engine.map_bytes == std::uint64_t{64} << 30);
  CHECK(c.listen.host == "127.0.0.1");
  CHECK(c.listen.port == 8080);
  CHECK(c.log_level == "info");
  CHECK(c.format == log_format::text);
  CHECK(c.engine.locks.timeout_ms == 30'000);
  CHECK(c.engine.locks.timeout_max_ms == 3'600'000);
  CHECK(c.engine.journal_retention_ms == 2'592'000'000);
  CHECK(c.limits.body_bytes_max == 65'536);
}

TEST_CASE("the example file holds every key with its default") {
  auto c = load_config(example_file);
  check_equal(c, node_config{});
  auto text = text_of_example();
  for (auto& key : detail::config_keys()) {
    CAPTURE(key.name);
    // Tables of the user's own names have no default: they stand as examples.
    auto stands = key.name.empty() ? "\n[" + key.section + "]\n"
                  : key.set_entry
                      ? "\n# [" + key.section + '.' + key.name + "]\n"
                      : '\n' + key.name + " = ";
    CHECK(text.find(stands) != std::string::npos);
  }
}

TEST_CASE("every key reaches its setting, in milliseconds and bytes") {
  auto c = parse_config(R"(
[node]
data_dir = "/var/lib/holdfast"
listen = "[::1]:0"
map_size_gib = 0.5
log_level = "debug"
log_format = "json"
hosts = ["bot.example", "bot.example:8443"]
[locks]
timeout_ms = 1
timeout_max_ms = 2
queue_depth_max = 3
max_retries = 0
retry_base_ms = 5
retry_max_ms = 6
outcome_retention_s = 7
journal_retention_s = 8
cleanup_interval_s = 9
idle_owner_s = 10
[limits]
requests_in_flight_max = 11
owners_max = 12
connections_max = 13
header_bytes_max = 1400
body_bytes_max = 1500
batch_bytes_max = 1600
json_depth_max = 17
header_timeout_ms = 18
body_timeout_ms = 19
idle_timeout_ms = 20
write_timeout_ms = 21
event_streams_max = 24
event_stream_bytes_max = 25000
event_heartbeat_ms = 260
[auth]
tokens_file = "/etc/holdfast/tokens"
requests_per_s = 22
burst = 23
[tls]
certificate = "c.pem"
private_key = "k.pem"
)",
                        "c.toml");
  node_config want;
  want.engine.data_dir = "/var/lib/holdfast";
  want.listen = {"::1", 0};
  want.engine.map_bytes = std::uint64_t{1} << 29;
  want.log_level = "debug";
  want.format = log_format::json;
  want.engine.locks = {1, 2, 3, 0, 5, 6, 7'000};
  want.engine.journal_retention_ms = 8'000;
  want.engine.cleanup_interval_ms = 9'000;
  want.engine.idle_owner_ms = 10'000;
  want.engine.in_flight_max = 11;
  want.engine.owners_max = 12;
  want.limits.connections_max = 13;
  want.limits.header_bytes_max = 1400;
  want.limits.body_bytes_max = 1500;
  want.limits.batch_bytes_max = 1600;
  want.limits.json_depth_max = 17;
  want.limits.header_timeout_ms = 18;
  want.limits.body_timeout_ms = 19;
  want.limits.idle_timeout_ms = 20;
  want.limits.write_timeout_ms = 21;
  want.limits.event_streams_max = 24;
  want.limits.event_stream_bytes_max = 25000;
  want.limits.event_heartbeat_ms = 260;
  want.hosts = {"bot.example", "bot.example:8443"};
  want.auth = {"/etc/holdfast/tokens", 22, 23};
  want.tls = {"c.pem", "k.pem"};
  check_equal(c, want);
}

TEST_CASE("an unknown key is refused with its line and the key meant") {
  CHECK(problem_of("[locks]\n\ntimeoutms = 5\n") ==
        "c.toml:3: unknown key 'locks.timeoutms'; did you mean 'timeout_ms'?");
  CHECK(problem_of("[locks]\nlisten = \"x\"\n") ==
        "c.toml:2: unknown key 'locks.listen'; it belongs into section [node]");
  CHECK(problem_of("[locks]\nqwertyuiop = 1\n") ==
        "c.toml:2: unknown key 'locks.qwertyuiop'");
  CHECK(problem_of("data_dir = \"x\"\n") ==
        "c.toml:1: unknown key 'data_dir'; it belongs into section [node]");
}

TEST_CASE("an unknown section is refused with the section meant") {
  CHECK(problem_of("[lock]\ntimeout_ms = 1\n") ==
        "c.toml:1: unknown section [lock]; did you mean [locks]?");
  CHECK(problem_of("\n[[node]]\n") ==
        "c.toml:2: 'node' must be a section, [node], not a list");
}

TEST_CASE("prices and balances are tables of the user's own names") {
  auto c = parse_config("[trades]\nexchange = \"none\"\n"
                        "resource = \"t:{symbol}\"\n"
                        "[paper]\nfill_delay_ms = 5\n"
                        "[paper.prices]\nBTCUSDT = \"50000.5\"\n"
                        "[paper.balances]\nUSDT = \"10\"\nBTC = \"0\"\n",
                        "c.toml");
  CHECK(c.exchange == exchange_kind::none);
  CHECK(c.trades.resource == "t:{symbol}");
  CHECK(c.paper.fill_delay_ms == 5);
  CHECK(c.paper.prices.at("BTCUSDT") == "50000.5");
  CHECK(c.paper.balances.size() == 2);
  CHECK(problem_of("[paper.prices]\nBTCUSDT = 50000\n") ==
        "c.toml:2: paper.prices.BTCUSDT must be a decimal number in quotes, "
        "such as \"0.5\", not 50000");
  CHECK(problem_of("[paper]\nprices = 1\n") ==
        "c.toml:2: paper.prices must be a table of names and decimal numbers "
        "in quotes, not 1");
  CHECK(problem_of("[paper]\ndefault_price = 100\n") ==
        "c.toml:2: paper.default_price must be a decimal number in quotes, "
        "such as \"0.5\", not 100");
  CHECK(problem_of("[trades]\nresource = \"x\"\n").find("{symbol}") !=
        std::string::npos);
  CHECK(problem_of("[trades]\nexchange = \"binance\"\n") ==
        "c.toml:2: trades.exchange must be one of \"paper\", \"mexc\", "
        "\"none\", not \"binance\"");
}

TEST_CASE("how MEXC is spoken to") {
  auto c = parse_config("[trades]\nexchange = \"mexc\"\n"
                        "[mexc]\nbase_url = \"https://mexc.example/x/\"\n"
                        "recv_window_ms = 60000\nreconcile_margin_ms = 0\n"
                        "request_timeout_ms = 1\napi_key_file = \"a\"\n"
                        "secret_key_file = \"b\"\n",
                        "c.toml");
  CHECK(c.exchange == exchange_kind::mexc);
  CHECK(c.mexc.base_url == "https://mexc.example/x");
  CHECK(c.mexc.recv_window_ms == 60'000);
  CHECK(c.mexc.reconcile_margin_ms == 0);
  CHECK(c.mexc.request_timeout_ms == 1);
  CHECK(c.mexc.api_key_file == "a");
  CHECK(c.mexc.secret_key_file == "b");
  CHECK(problem_of("[mexc]\nrecv_window_ms = 60001\n") ==
        "c.toml:2: mexc.recv_window_ms must be a whole number from 1 to 60000, "
        "not 60001");
  CHECK(problem_of("[mexc]\nsecret_key = \"s3cret\"\n").find("s3cret") ==
        std::string::npos);
}

TEST_CASE("secrets travel over https, or do not leave this machine") {
  auto example_url = "https://api.mexc.com";
  for (auto good : {"https://api.mexc.com", "https://10.0.0.1:8443/v",
                    "http://127.0.0.1:9201", "http://[::1]:9201",
                    "http://localhost", "http://127.3.2.1/x"})
    CHECK(check_base_url(good, example_url).empty());
  for (auto readable : {"http://api.mexc.com", "http://10.0.0.1",
                        "http://localhost.example", "http://[::2]"})
    CHECK(check_base_url(readable, example_url)
              .starts_with("must begin with https://"));
  for (auto bad :
       {"", "api.mexc.com", "ftp://a", "https://", "https://:1", "https://a:",
        "https://user:pw@a", "https://a?b", "https://a#b", "https://a b",
        "http://127.0.0.1@evil.example", "http://127.0.0.1\\@evil.example"})
    CHECK(check_base_url(bad, example_url) ==
          "must be a URL such as \"https://api.mexc.com\"");
}

TEST_CASE("wrong types and ranges name key, line, value and what is right") {
  CHECK(problem_of("[locks]\ntimeout_ms = \"30s\"\n") ==
        "c.toml:2: locks.timeout_ms must be a whole number from 1 to "
        "2592000000, not \"30s\"");
  CHECK(problem_of("[locks]\nmax_retries = -1\n") ==
        "c.toml:2: locks.max_retries must be a whole number from 0 to 1000, "
        "not -1");
  CHECK(problem_of("[limits]\njson_depth_max = 64.5\n") ==
        "c.toml:2: limits.json_depth_max must be a whole number from 4 to "
        "1000, not 64.5");
  CHECK(problem_of("[node]\nmap_size_gib = 0\n") ==
        "c.toml:2: node.map_size_gib must be a number of GiB from 0.001 to "
        "65536, not 0");
  CHECK(problem_of("[node]\nmap_size_gib = nan\n") ==
        "c.toml:2: node.map_size_gib must be a number of GiB from 0.001 to "
        "65536, not nan");
  CHECK(problem_of("[node]\nlog_level = \"verbose\"\n") ==
        "c.toml:2: node.log_level must be one of \"trace\", \"debug\", "
        "\"info\", \"warn\", \"error\", not \"verbose\"");
  CHECK(problem_of("[node]\nlog_format = true\n") ==
        "c.toml:2: node.log_format must be \"text\" or \"json\", not true");
  CHECK(problem_of("[node]\ndata_dir = \"\"\n") ==
        "c.toml:2: node.data_dir must be the path of a directory, such as "
        "\"data\", not \"\"");
  CHECK(problem_of("[node]\ndata_dir = [1]\n") ==
        "c.toml:2: node.data_dir must be the path of a directory, such as "
        "\"data\", not a list");
}

TEST_CASE("values that contradict each other are refused at their line") {
  CHECK(problem_of("[locks]\ntimeout_max_ms = 1000\ntimeout_ms = 1001\n") ==
        "c.toml:3: locks.timeout_ms must not be larger than "
        "locks.timeout_max_ms (1000), not 1001");
  CHECK(problem_of("[locks]\nretry_base_ms = 40000\n") ==
        "c.toml:2: locks.retry_base_ms must not be larger than "
        "locks.retry_max_ms (30000), not 40000");
  CHECK(problem_of("[limits]\nbody_bytes_max = 5000000\n") ==
        "c.toml:2: limits.body_bytes_max must not be larger than "
        "limits.batch_bytes_max (4194304), not 5000000");
}

TEST_CASE("a default gives way to a smaller maximum that the file sets") {
  CHECK(parse_config("[locks]\ntimeout_max_ms = 1000\n", "c")
            .engine.locks.timeout_ms == 1000);
  CHECK(parse_config("[limits]\nbatch_bytes_max = 2000\n", "c")
            .limits.body_bytes_max == 2000);
}

TEST_CASE("all that is wrong with a file is told, in the file's order") {
  auto all = problems_of("[zzz]\n[node]\nlisten = 1\nlog_format = \"x\"\n"
                         "[alert]\n[locks]\nnope = 1\n");
  REQUIRE(all.size() == 5);
  CHECK(all[0].rfind("c.toml:1: ", 0) == 0);
  CHECK(all[1].rfind("c.toml:3: ", 0) == 0);
  CHECK(all[2].rfind("c.toml:4: ", 0) == 0);
  CHECK(all[3].rfind("c.toml:5: ", 0) == 0);
  CHECK(all[4].rfind("c.toml:7: ", 0) == 0);
}

TEST_CASE("text that is no TOML is refused with its line") {
  CHECK(problem_of("[node]\nlisten = \n").rfind("c.toml:2: ", 0) == 0);
  CHECK(problem_of("[node]\nlisten = \"a:1\"\nlisten = \"a:1\"\n")
            .rfind("c.toml:3: ", 0) == 0);
}

TEST_CASE("a file that is not there, or a directory, is refused by name") {
  CHECK_THROWS_WITH_AS(load_config("no-such-file.toml"),
                       "no-such-file.toml: cannot be read: "
                       "No such file or directory",
                       config_error);
  CHECK_THROWS_WITH_AS(load_config("/"), "/: cannot be read: it is a directory",
                       config_error);
}

TEST_CASE("loopback addresses are listened on") {
  CHECK(parse_listen("127.0.0.1:8080").port == 8080);
  CHECK(parse_listen("127.8.9.1:0").host == "127.8.9.1");
  CHECK(parse_listen("localhost:65535").host == "127.0.0.1");
  CHECK(parse_listen("[::1]:80").host == "::1");
  CHECK(to_url({"::1", 80}) == "http://[::1]:80/");
  CHECK(to_url({"127.0.0.1", 8080}) == "http://127.0.0.1:8080/");
}

TEST_CASE("M19: without tokens nobody outside this machine is listened to") {
  for (std::string host : {"0.0.0.0", "192.168.1.5", "[::]", "[fe80::1]"})
    CHECK(problem_of("[node]\nlisten = \"" + host + ":8080\"\n")
              .find("without [auth] tokens_file") != std::string::npos);
  CHECK(problem_of("[node]\nlisten = \"0.0.0.0:80\"\n")
            .rfind("c.toml:2: node.listen refuses to listen on 0.0.0.0", 0) ==
        0);
  auto open = parse_config("[node]\nlisten = \"0.0.0.0:80\"\n"
                           "[auth]\ntokens_file = \"tokens\"\n",
                           "c.toml");
  CHECK(open.listen.host == "0.0.0.0");
}

TEST_CASE("names are not listened on, addresses are") {
  CHECK_THROWS_AS(parse_listen("example.org:8080"), std::invalid_argument);
  CHECK_THROWS_AS(parse_listen(":8080"), std::invalid_argument);
  CHECK(is_loopback({"127.9.9.9", 1}));
  CHECK(is_loopback({"::1", 1}));
  for (std::string host : {"0.0.0.0", "::", "10.0.0.1", "::ffff:127.0.0.1"})
    CHECK_FALSE(is_loopback({host, 1}));
}

TEST_CASE("a certificate needs its key, and names of the node a list") {
  CHECK(problem_of("[tls]\ncertificate = \"c.pem\"\n") ==
        "c.toml:1: tls.certificate needs tls.private_key beside it");
  CHECK(problem_of("[tls]\nprivate_key = \"k.pem\"\n") ==
        "c.toml:1: tls.private_key needs tls.certificate beside it");
  CHECK(problem_of("[node]\nhosts = \"bot.example\"\n") ==
        "c.toml:2: node.hosts must be a list of names such as "
        "[\"bot.example\"], not \"bot.example\"");
  CHECK(problem_of("[node]\nhosts = [1]\n").find("must be a list of names") !=
        std::string::npos);
  CHECK(problem_of("[node]\nhosts = [\"https://x/\"]\n").find("https://x/") !=
        std::string::npos);
}

TEST_CASE("an address of another form is refused with the right form") {
  for (std::string text : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                           "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", ""})
    CHECK(problem_of("[node]\nlisten = \"" + text + "\"\n") ==
          "c.toml:2: node.listen must be \"host:port\" such as "
          "\"127.0.0.1:8080\" or \"[::1]:8080\", not \"" +
              text + '"');
}
