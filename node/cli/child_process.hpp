// A command in a process group of its own, with this program's standard
// streams and, if it has one, its terminal.
// Must not know locks.
#pragma once

#include "node/cli/wakeups.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace holdfast {

class child_process {
public:
  /// Forks. The command waits for `run`; until then nothing of it has
  /// happened. The kernel kills it when the calling *thread* ends, so call
  /// from the main thread. @throws std::runtime_error
  child_process(const std::vector<std::string>& command,
                const signal_inbox& signals);
  /// Kills what still runs.
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  pid_t group() const { return pid_; }

  /// Lets the command begin. 0, or the `errno` of a command that could not be
  /// executed; then it is reaped.
  int run();

  /// To the whole group, also when it is stopped.
  void signal(int number) const;

  /// True once the command has ended; it is not reaped. When it was stopped
  /// from its terminal, this process stops, too, and goes on with it.
  bool ended();

  /// The command's status as a shell has it: its exit code, or 128 + the
  /// signal's number. Once, after `ended`.
  int reap();

private:
  void take_terminal() const;
  void stop_with_it() const;

  pid_t pid_ = -1;
  bool reaped_ = false;
  bool terminal_ = false; ///< the command was given ours
  int go_ = -1;           ///< a byte in it lets the command begin
  int failure_ = -1;      ///< brings the errno of a failed exec
};

} // namespace holdfast
