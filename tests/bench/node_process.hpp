// A node in a process of its own, on a free port and an empty directory.
// Must not know what it is asked.
#pragma once

#include "node/load/http_connection.hpp"

#include <string>
#include <sys/types.h>

namespace holdfast::bench {

class node_process {
public:
  /// Starts `program node` with its data, configuration and log in
  /// `directory`; `more` is added to the configuration. On return it is ready.
  /// @throws std::runtime_error
  node_process(const std::string& program, const std::string& directory,
               const std::string& more = {});
  /// Stops it as an operator would, with SIGTERM.
  ~node_process();
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;

  const endpoint& where() const { return where_; }
  pid_t pid() const { return pid_; }

private:
  void wait_until_ready();
  bool ended(int timeout_ms);
  std::string log() const;

  std::string log_file_;
  endpoint where_;
  pid_t pid_ = -1;
};

} // namespace holdfast::bench
