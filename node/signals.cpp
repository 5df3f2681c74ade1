// Signals, waited for in one thread.
#include "node/signals.hpp"

#include <csignal>
#include <pthread.h>
#include <stdexcept>

namespace holdfast {

namespace {

sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

} // namespace

void block_stop_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow is a full disk, not a reason to die.
  std::signal(SIGXFSZ, SIG_IGN);
  // A shell starts background programs with SIGINT ignored.
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  // nohup has it ignored; here it means something else.
  std::signal(SIGHUP, SIG_DFL);
  auto set = awaited_signals();
  if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0)
    throw std::runtime_error("cannot block signals");
}

int wait_for_stop_signal(const std::function<void()>& reload) {
  auto set = awaited_signals();
  int signal = 0;
  for (;;) {
    if (sigwait(&set, &signal) != 0)
      throw std::runtime_error("cannot wait for signals");
    if (signal != SIGHUP)
      break;
    reload();
  }
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  return signal;
}

} // namespace holdfast
