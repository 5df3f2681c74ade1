#include "node/log.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

using namespace holdfast;

namespace {

std::string logged(log_format format, const std::string& message,
                   const std::string& level = "info") {
  std::ostringstream out;
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_st>(out);
  auto log = make_logger(level, format, sink);
  log->warn("{}", message);
  log->debug("not at this level");
  return out.str();
}

} // namespace

TEST_CASE("a JSON log line is one object, whatever the message holds") {
  auto line = logged(log_format::json, "a \"quote\"\nline\x01 \xff end");
  CHECK(line.find('\n') == line.size() - 1);
  auto object = nlohmann::json::parse(line);
  CHECK(object["level"] == "warn");
  CHECK(object["message"] == "a \"quote\"\nline\x01 \xEF\xBF\xBD end");
  CHECK(object["time"].get<std::string>().size() == 24);
}

TEST_CASE("a text log line cannot be broken in two") {
  auto line = logged(log_format::text, "one\ntwo");
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(line.substr(23) == "Z warn one\\ntwo\n");
}

TEST_CASE("entries below the level are left out") {
  CHECK(logged(log_format::text, "x", "error").empty());
  CHECK(logged(log_format::text, "x").find("not at") == std::string::npos);
}

TEST_CASE(
    "a JSON log line has the fields it was given, and the next has none") {
  std::ostringstream out;
  auto log = make_logger("info", log_format::json,
                         std::make_shared<spdlog::sinks::ostream_sink_st>(out));
  log_with(*log, spdlog::level::info, "asked", R"("status":200)");
  log->info("stopping");
  std::istringstream lines{out.str()};
  std::string line;
  std::getline(lines, line);
  CHECK(nlohmann::json::parse(line)["status"] == 200);
  std::getline(lines, line);
  CHECK(nlohmann::json::parse(line).size() == 3); // time, level, message
}
