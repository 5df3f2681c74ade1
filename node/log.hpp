// The log of the program: one line per entry on stderr, as text or JSON.
#pragma once

#include "node/config.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/sink.h>

#include <memory>
#include <string>
#include <string_view>

namespace holdfast {

/// A logger on stderr. `level` is a name as in the configuration.
std::shared_ptr<spdlog::logger> make_logger(const std::string& level,
                                            log_format format);

/// The same on a sink of the caller's.
std::shared_ptr<spdlog::logger>
make_logger(const std::string& level, log_format format, spdlog::sink_ptr to);

/// `text` as a JSON string: control characters and bytes that are not UTF-8
/// cannot break the line.
std::string in_quotes(std::string_view text);

/// A line that says more to machines: in JSON, `members` stand beside its
/// message, such as `"status":200`; text has the message alone.
void log_with(spdlog::logger& log, spdlog::level::level_enum level,
              std::string_view message, std::string_view members);

} // namespace holdfast
