// Signals, waited for in one thread.
#include "node/signals.hpp"

#include <csignal>
#include <pthread.h>
#include <stdexcept>

namespace holdfast {

namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
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
  auto set = stop_signals();
  if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0)
    throw std::runtime_error("cannot block signals");
}

int wait_for_stop_signal() {
  auto set = stop_signals();
  int signal = 0;
  if (sigwait(&set, &signal) != 0)
    throw std::runtime_error("cannot wait for signals");
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  return signal;
}

} // namespace holdfast
