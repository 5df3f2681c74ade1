// `holdfast bench`: what a running node does per second.
// Must not know how a command line is read.
#pragma once

#include "node/cli/api_session.hpp"

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <vector>

namespace holdfast {

struct bench_args {
  client_args client;
  std::vector<std::size_t> clients{1, 64, 256};
  std::chrono::milliseconds duration{5000};
  bool own_keys_only = false;
};

int bench_command(const bench_args& args, std::ostream& out, std::ostream& err);

} // namespace holdfast
