#include "node/cli/lease_keeper.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace holdfast {

namespace {

constexpr int stood_down = 0;
constexpr int has_killed = 1;

void arm(int timer, boot_time at) {
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(at.count() / 1'000'000);
  when.it_value.tv_nsec = static_cast<long>(at.count() % 1'000'000 * 1000);
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, nullptr);
}

/// The keeper's life. Standard input brings the moments; only calls that are
/// safe after fork in a process with threads.
[[noreturn]] void keep(pid_t group, boot_time at) {
  auto kill_group = [group]() {
    kill(-group, SIGKILL);
    _exit(has_killed);
  };
  auto timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK);
  if (timer < 0)
    kill_group();
  arm(timer, at);
  while (true) {
    pollfd ready[2] = {{STDIN_FILENO, POLLIN, 0}, {timer, POLLIN, 0}};
    if (poll(ready, 2, -1) < 0 && errno != EINTR)
      kill_group();
    // News before the alarm: a renewal may have come at the last moment.
    if (ready[0].revents != 0) {
      boot_time::rep news = 0;
      auto got = read(STDIN_FILENO, &news, sizeof news);
      if (got != sizeof news)
        kill_group(); // this program's end was closed: it is gone
      if (news == 0)
        _exit(stood_down);
      arm(timer, boot_time{news});
    } else if (ready[1].revents != 0) {
      kill_group();
    }
  }
}

} // namespace

lease_keeper::lease_keeper(pid_t group, boot_time at) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error(std::string{"cannot make a pipe: "} +
                             std::strerror(errno));
  pid_ = fork();
  if (pid_ == 0) {
    // Out of reach of the terminal's signals, and of all others but two.
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    setpgid(0, 0);
    dup2(ends[0], STDIN_FILENO);
    close_range(STDIN_FILENO + 1, ~0U, 0);
    keep(group, at);
  }
  auto why = errno;
  close(ends[0]);
  to_ = ends[1];
  if (pid_ > 0)
    return;
  close(to_);
  throw std::runtime_error(std::string{"cannot fork: "} + std::strerror(why));
}

lease_keeper::~lease_keeper() {
  if (pid_ > 0)
    stand_down();
}

void lease_keeper::tell(boot_time at) const {
  auto news = at.count();
  // It cannot be full, and without a reader there is nobody left to tell.
  (void)!::write(to_, &news, sizeof news);
}

void lease_keeper::postpone(boot_time at) { tell(at); }

bool lease_keeper::stand_down() {
  tell(boot_time{0});
  close(to_);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR)
    continue;
  pid_ = -1;
  return WIFEXITED(status) && WEXITSTATUS(status) == has_killed;
}

} // namespace holdfast
