// What ends a wait besides an answer: signals and the boot clock.
// Must not know what is waited for.
#pragma once

#include "node/cli/lease_schedule.hpp"

#include <csignal>
#include <vector>

namespace holdfast {

boot_time boot_now();

/// Signals as something to be read. From its construction on SIGINT, SIGTERM,
/// SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 and SIGCHLD are blocked in this thread
/// and those it starts; one that the caller of this program chose to ignore
/// stays ignored. SIGPIPE is ignored, and so is SIGTTOU.
class signal_inbox {
public:
  /// @throws std::runtime_error
  signal_inbox();
  ~signal_inbox();
  signal_inbox(const signal_inbox&) = delete;
  signal_inbox& operator=(const signal_inbox&) = delete;

  int fd() const { return fd_; }

  /// Those that came, SIGCHLD left out.
  std::vector<int> take();

  /// Gives back what was changed; in a forked process before exec. Calls
  /// nothing that is unsafe there.
  void undo_in_child() const;

private:
  int fd_ = -1;
  sigset_t before_{};
  struct sigaction pipe_before_ {};
  struct sigaction ttou_before_ {};
};

/// A moment of the boot clock as something to be read. It comes at once when
/// it passed while the machine or this process slept.
class boot_alarm {
public:
  /// @throws std::runtime_error
  boot_alarm();
  ~boot_alarm();
  boot_alarm(const boot_alarm&) = delete;
  boot_alarm& operator=(const boot_alarm&) = delete;

  int fd() const { return fd_; }

  /// Sets the one moment, and forgets an earlier one that has come.
  void set(boot_time at);

private:
  int fd_ = -1;
};

} // namespace holdfast
