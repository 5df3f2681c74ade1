#include "node/cli/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace holdfast {

namespace {

void make_pipe(int (&ends)[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error(std::string{"cannot make a pipe: "} +
                             std::strerror(errno));
}

bool owns_terminal() {
  return isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/// In the forked process. Ends there, or becomes the command.
[[noreturn]] void become(const std::vector<char*>& argv, pid_t parent, int go,
                         int failure, bool terminal,
                         const signal_inbox& signals) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(127); // it died before the line above
  if (terminal)
    tcsetpgrp(STDIN_FILENO, getpid());
  char begin = 0;
  if (read(go, &begin, 1) != 1)
    _exit(127);
  signals.undo_in_child();
  execvp(argv[0], argv.data());
  auto why = errno;
  (void)!write(failure, &why, sizeof why);
  _exit(127);
}

} // namespace

child_process::child_process(const std::vector<std::string>& command,
                             const signal_inbox& signals)
    : terminal_(owns_terminal()) {
  std::vector<char*> argv;
  for (auto& word : command)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  int go[2];
  int failure[2];
  make_pipe(go);
  make_pipe(failure);
  auto parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    close(go[1]);
    become(argv, parent, go[0], failure[1], terminal_, signals);
  }
  auto why = errno;
  close(go[0]);
  close(failure[1]);
  go_ = go[1];
  failure_ = failure[0];
  if (pid_ < 0) {
    close(go_);
    close(failure_);
    throw std::runtime_error(std::string{"cannot fork: "} + std::strerror(why));
  }
  setpgid(pid_, pid_); // whichever of the two comes first
}

child_process::~child_process() {
  close(go_);
  close(failure_);
  if (reaped_)
    return;
  signal(SIGKILL);
  reap();
}

int child_process::run() {
  char begin = 1;
  (void)!write(go_, &begin, 1); // if it is dead, the read below tells
  int why = 0;
  ssize_t got = 0;
  while ((got = read(failure_, &why, sizeof why)) < 0 && errno == EINTR)
    continue;
  if (got != sizeof why)
    return 0;
  reap();
  return why;
}

void child_process::signal(int number) const {
  kill(-pid_, number);
  if (number == SIGTERM || number == SIGHUP)
    kill(-pid_, SIGCONT);
}

bool child_process::ended() {
  siginfo_t info{};
  auto id = static_cast<id_t>(pid_);
  if (waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
      info.si_pid == pid_)
    return true;
  info = {};
  if (terminal_ && waitid(P_PID, id, &info, WSTOPPED | WNOHANG) == 0 &&
      info.si_pid == pid_)
    stop_with_it();
  return false;
}

void child_process::take_terminal() const {
  if (terminal_)
    tcsetpgrp(STDIN_FILENO, getpgrp());
}

void child_process::stop_with_it() const {
  take_terminal();
  raise(SIGSTOP);
  if (owns_terminal())
    tcsetpgrp(STDIN_FILENO, pid_);
  kill(-pid_, SIGCONT);
}

int child_process::reap() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR)
    continue;
  reaped_ = true;
  take_terminal();
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace holdfast
