#include "node/cli/wakeups.hpp"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace holdfast {

namespace {

[[noreturn]] void fail(const char* doing) {
  throw std::runtime_error(std::string{doing} + ": " + std::strerror(errno));
}

bool is_ignored(int signal) {
  struct sigaction now {};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

void ignore(int signal, struct sigaction& before) {
  struct sigaction wanted {};
  wanted.sa_handler = SIG_IGN;
  if (sigaction(signal, &wanted, &before) != 0)
    fail("cannot ignore a signal");
}

} // namespace

boot_time boot_now() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return std::chrono::seconds{t.tv_sec} +
         std::chrono::duration_cast<boot_time>(
             std::chrono::nanoseconds{t.tv_nsec});
}

signal_inbox::signal_inbox() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (auto signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2})
    if (!is_ignored(signal))
      sigaddset(&wanted, signal);
  // A caller that ignores SIGCHLD would have the kernel throw exits away.
  std::signal(SIGCHLD, SIG_DFL);
  sigaddset(&wanted, SIGCHLD);
  if (pthread_sigmask(SIG_BLOCK, &wanted, &before_) != 0)
    fail("cannot block signals");
  fd_ = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd_ < 0)
    fail("cannot wait for signals");
  ignore(SIGPIPE, pipe_before_);
  ignore(SIGTTOU, ttou_before_);
}

signal_inbox::~signal_inbox() {
  close(fd_);
  undo_in_child();
}

std::vector<int> signal_inbox::take() {
  std::vector<int> result;
  signalfd_siginfo one{};
  while (read(fd_, &one, sizeof one) == sizeof one)
    if (one.ssi_signo != SIGCHLD)
      result.push_back(static_cast<int>(one.ssi_signo));
  return result;
}

void signal_inbox::undo_in_child() const {
  sigaction(SIGPIPE, &pipe_before_, nullptr);
  sigaction(SIGTTOU, &ttou_before_, nullptr);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

boot_alarm::boot_alarm()
    : fd_(timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (fd_ < 0)
    fail("cannot make a timer");
}

boot_alarm::~boot_alarm() { close(fd_); }

void boot_alarm::set(boot_time at) {
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(at.count() / 1'000'000);
  when.it_value.tv_nsec = static_cast<long>(at.count() % 1'000'000 * 1000);
  if (timerfd_settime(fd_, TFD_TIMER_ABSTIME, &when, nullptr) != 0)
    fail("cannot set a timer");
}

} // namespace holdfast
