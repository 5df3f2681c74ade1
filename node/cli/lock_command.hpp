// `holdfast lock`: runs a command under a lock.
// Must not know how a command line is read.
#pragma once

#include "node/cli/api_session.hpp"

#include <chrono>
#include <iosfwd>
#include <string>
#include <vector>

namespace holdfast {

struct lock_args {
  client_args client;
  std::string resource;
  std::chrono::milliseconds ttl{30'000};
  std::chrono::milliseconds wait{30'000};
  std::chrono::milliseconds grace{0}; ///< 0: a sixth of `ttl`
  int priority = 5;
  std::string idempotency_key;
  std::string owner; ///< empty: user@host
  bool no_wait = false;
  std::vector<std::string> command;
};

/// Acquires, runs, renews, releases. docs/cli.md has the promises. Call from
/// the main thread. @throws nothing; answers the exit code.
int lock_command(const lock_args& args, std::ostream& out, std::ostream& err);

} // namespace holdfast
