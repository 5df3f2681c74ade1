// Looking at a running node, and operating it.
// Must not know how a command line is read.
#pragma once

#include "node/cli/lists.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace holdfast {

/// A list with nothing to say about it but what it is filtered by.
struct list_args {
  client_args client;
  std::string resource;
  std::string owner;
  std::string status;
  std::string account; ///< of positions and signals
  std::int64_t limit = 50;
  bool all = false;
};

int locks_command(const list_args& args, std::ostream& out, std::ostream& err);
int queue_command(const list_args& args, std::ostream& out, std::ostream& err);
int trades_command(const list_args& args, std::ostream& out, std::ostream& err);
int positions_command(const list_args& args, std::ostream& out,
                      std::ostream& err);
int signals_command(const list_args& args, std::ostream& out,
                    std::ostream& err);
/// `status` is the effects' state.
int effects_command(const list_args& args, std::ostream& out,
                    std::ostream& err);
int dead_letters_command(const list_args& args, std::ostream& out,
                         std::ostream& err);

/// A command about one thing.
struct item_args {
  client_args client;
  std::string id;
};

int show_command(const item_args& args, std::ostream& out, std::ostream& err);
int requeue_command(const item_args& args, std::ostream& out,
                    std::ostream& err);
int discard_command(const item_args& args, std::ostream& out,
                    std::ostream& err);

struct resolve_args {
  client_args client;
  std::string effect;
  std::string outcome; ///< done, failed or retry
  std::string reason;
  std::string reference; ///< with done: its name outside, e.g. the order id
};

int resolve_command(const resolve_args& args, std::ostream& out,
                    std::ostream& err);

struct release_args {
  client_args client;
  std::string what;        ///< a lock id; with `force` a resource key
  std::uint64_t token = 0; ///< 0: not given
  std::string result;      ///< JSON text
  std::string error;
  std::string reason;
  bool force = false;
};

int release_command(const release_args& args, std::ostream& out,
                    std::ostream& err);

int pause_command(const client_args& args, bool paused, std::ostream& out,
                  std::ostream& err);
int stats_command(const client_args& args, std::ostream& out,
                  std::ostream& err);

/// 0: the node can commit. 1 otherwise, as health checks want it.
int health_command(const client_args& args, std::ostream& out,
                   std::ostream& err);

struct journal_args {
  client_args client;
  std::string resource;
  std::int64_t after = -1; ///< -1: the beginning, or now when following
  std::int64_t last = 0;   ///< the newest ones instead; 0: no
  std::int64_t limit = 50;
  bool all = false;
  bool follow = false;
};

int journal_command(const journal_args& args, std::ostream& out,
                    std::ostream& err);

} // namespace holdfast
