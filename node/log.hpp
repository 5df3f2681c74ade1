// The log of the program: one line per entry on stderr, as text or JSON.
#pragma once

#include "node/config.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/sink.h>

#include <memory>
#include <string>

namespace holdfast {

/// A logger on stderr. `level` is a name as in the configuration.
std::shared_ptr<spdlog::logger> make_logger(const std::string& level,
                                            log_format format);

/// The same on a sink of the caller's.
std::shared_ptr<spdlog::logger>
make_logger(const std::string& level, log_format format, spdlog::sink_ptr to);

} // namespace holdfast
