// The real program under a service manager, and its log for machines.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"
#include "tests/support/notify_socket.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <sstream>
#include <string>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// A node started by a manager that wants a sign of life every 600 ms.
struct managed_node {
  explicit managed_node(node_config config = {}) : process(std::move(config)) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "600000", 1);
    process.start();
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
  }

  std::string name = "@holdfast-test-" + unique("manager");
  notify_socket manager{name};
  node_process process;
};

std::vector<json> parsed_lines(const std::string& log) {
  std::vector<json> lines;
  std::istringstream in{log};
  for (std::string line; std::getline(in, line);) {
    INFO(line);
    auto parsed = json::parse(line, nullptr, false);
    CHECK(parsed.is_object());
    lines.push_back(std::move(parsed));
  }
  return lines;
}

} // namespace

TEST_CASE("a service manager hears when a node is ready, alive, stopping") {
  managed_node node;
  auto first = node.manager.hear(10s);
  REQUIRE(first);
  CHECK(*first == "READY=1\nSTATUS=listening on http://127.0.0.1:" +
                      std::to_string(node.process.port()) + "/");
  for (int i = 0; i < 3; ++i)
    CHECK(node.manager.hear(10s) == "WATCHDOG=1");
  node.process.freeze();
  while (node.manager.hear(0ms)) { // what was said before
  }
  CHECK_FALSE(node.manager.hear(1500ms));
  node.process.thaw();
  CHECK(node.manager.hear(10s) == "WATCHDOG=1");
  node.process.terminate();
  CHECK(node.manager.hears("STOPPING=1", 10s));
  CHECK(node.process.wait() == 0);
}

TEST_CASE("a node whose commits fail is alive: a new one could not commit "
          "either") {
  managed_node node{{.node = "map_size_gib = 0.004\n"}};
  api client{node.process.port()};
  auto full = eventually(
      [&] {
        return client
                   .acquire(
                       unique("r"), "o",
                       {{"transactionData", {{"x", std::string(50'000, 'x')}}}})
                   .status == 503;
      },
      30s);
  REQUIRE(full);
  auto health =
      run_binary({"health", "--url",
                  "http://127.0.0.1:" + std::to_string(node.process.port())});
  CHECK(health.exit_code == 1);
  CHECK(mentions(health.output, "the node cannot commit: "));
  while (node.manager.hear(0ms)) {
  }
  for (int i = 0; i < 3; ++i)
    CHECK(node.manager.hear(10s) == "WATCHDOG=1");
}

TEST_CASE("a service manager that is not there is no reason not to serve") {
  ::setenv("NOTIFY_SOCKET", "@holdfast-test-nobody", 1);
  node_process process{{}};
  process.start();
  ::unsetenv("NOTIFY_SOCKET");
  CHECK(mentions(process.output(), "the service manager at "
                                   "@holdfast-test-nobody cannot be told"));
  CHECK(process.stop() == 0);
}

TEST_CASE("every line of a busy node's log is one JSON object, and requests "
          "have their fields") {
  on_own_node own{{.node = "log_format = \"json\"\nlog_level = \"trace\"\n"}};
  auto node = own.client();
  auto lock = node.granted(own.resource, "o");
  node.release(lock);
  node.http.get("/v1/none?\x7f=%ff%00\"quote");
  http_client raw{own.process.port()};
  raw.connect();
  raw.send_raw("GARBAGE \xff\xfe\r\n\r\n");
  CHECK(own.process.stop() == 0);
  std::size_t requests = 0;
  for (const auto& line : parsed_lines(own.process.output())) {
    CHECK(line.contains("time"));
    CHECK(line.contains("message"));
    if (!line.contains("requestId"))
      continue;
    ++requests;
    CHECK(line.at("status").is_number());
    CHECK(line.at("durationUs").is_number());
    CHECK(line.at("method").is_string());
    CHECK(mentions(line.at("message"), line.at("requestId")));
  }
  CHECK(requests >= 3);
}

TEST_CASE("what ends a node stands in its log, in its format") {
  on_own_node first;
  node_process second{{.node = "log_format = \"json\"\nlisten = \"127.0.0.1:" +
                               std::to_string(first.process.port()) + "\"\n"}};
  second.launch();
  CHECK(second.wait() == 1);
  auto lines = parsed_lines(second.output());
  REQUIRE(!lines.empty());
  CHECK(lines.back().at("level") == "error");
  CHECK(mentions(lines.back().at("message"), "cannot listen on 127.0.0.1"));
}
