// The subcommands of `holdfast`: what main.cpp dispatches to.
#pragma once

#include "node/cli/api_session.hpp"
#include "node/config.hpp"

#include <iosfwd>
#include <string>

namespace holdfast {

/// Exit codes of all commands.
namespace exit_code {
inline constexpr int done = 0;
inline constexpr int error = 1;
inline constexpr int usage = 2;     ///< wrong usage or configuration
inline constexpr int refused = 3;   ///< refused, not obtained, or check failed
inline constexpr int lock_lost = 4; ///< the command was ended
} // namespace exit_code

struct node_args {
  std::string config_file; ///< empty: all defaults
  bool check_config = false;
};

/// Runs a node until SIGTERM or SIGINT.
int node_command(const node_args& args, std::ostream& out, std::ostream& err);

struct replay_args {
  client_args client;
  std::string file;
  double speed = 1;
  bool check = false;
};

/// Feeds a recording to a running node.
int replay_command(const replay_args& args, std::ostream& out,
                   std::ostream& err);

} // namespace holdfast
