// How log lines look. Whatever a message holds, it stays on one line.
#include "node/log.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <ctime>

namespace holdfast {

namespace {

/// 2026-01-31T08:00:00.000Z
std::string utc(spdlog::log_clock::time_point at) {
  using namespace std::chrono;
  auto ms = duration_cast<milliseconds>(at.time_since_epoch()).count();
  auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char day_and_time[32];
  std::strftime(day_and_time, sizeof day_and_time, "%Y-%m-%dT%H:%M:%S", &parts);
  char text[48];
  std::snprintf(text, sizeof text, "%s.%03dZ", day_and_time,
                static_cast<int>(ms % 1000));
  return text;
}

std::string inside(const std::string& quoted) {
  return quoted.substr(1, quoted.size() - 2);
}

bool has_control(std::string_view text) {
  for (unsigned char c : text)
    if (c < 0x20)
      return true;
  return false;
}

std::string_view level_name(spdlog::level::level_enum level) {
  auto name = spdlog::level::to_string_view(level);
  // The names that the configuration uses.
  return level == spdlog::level::warn
             ? std::string_view{"warn"}
             : std::string_view{name.data(), name.size()};
}

/// Of the line that this thread is writing: loggers write before they return.
thread_local std::string_view members_of_line;

class line_formatter : public spdlog::formatter {
public:
  explicit line_formatter(log_format format) : format_(format) {}

  void format(const spdlog::details::log_msg& msg,
              spdlog::memory_buf_t& out) override {
    std::string_view message{msg.payload.data(), msg.payload.size()};
    std::string line;
    if (format_ == log_format::json)
      line = R"({"time":")" + utc(msg.time) + R"(","level":")" +
             std::string{level_name(msg.level)} + R"(","message":")" +
             inside(in_quotes(message)) + '"' +
             (members_of_line.empty() ? "" : ",") +
             std::string{members_of_line} + "}\n";
    else
      line = utc(msg.time) + ' ' + std::string{level_name(msg.level)} + ' ' +
             (has_control(message) ? inside(in_quotes(message))
                                   : std::string{message}) +
             '\n';
    out.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<line_formatter>(format_);
  }

private:
  log_format format_;
};

} // namespace

std::string in_quotes(std::string_view text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::shared_ptr<spdlog::logger> make_logger(const std::string& level,
                                            log_format format) {
  return make_logger(level, format,
                     std::make_shared<spdlog::sinks::stderr_sink_mt>());
}

std::shared_ptr<spdlog::logger>
make_logger(const std::string& level, log_format format, spdlog::sink_ptr to) {
  auto log = std::make_shared<spdlog::logger>("holdfast", std::move(to));
  log->set_formatter(std::make_unique<line_formatter>(format));
  log->set_level(spdlog::level::from_str(level));
  log->flush_on(spdlog::level::trace);
  return log;
}

void log_with(spdlog::logger& log, spdlog::level::level_enum level,
              std::string_view message, std::string_view members) {
  members_of_line = members;
  log.log(level, "{}", message);
  members_of_line = {};
}

} // namespace holdfast
