// fork and exec with the output in files.
// Must not leave a child behind: PR_SET_PDEATHSIG ends it with this thread.
#include "tests/support/cli_process.hpp"

#include "tests/support/eventually.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace holdfast::test {

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void redirect(const std::string& file, int fd) {
  auto to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(to, fd);
}

} // namespace

cli_process::cli_process(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& env) {
  auto program = binary();
  std::vector<char*> argv{program.data()};
  for (auto& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  auto out = (dir_.path() / "out").string();
  auto err = (dir_.path() / "err").string();
  pid_ = ::fork();
  if (pid_ < 0)
    throw std::runtime_error("cannot fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);
    redirect(out, STDOUT_FILENO);
    redirect(err, STDERR_FILENO);
    for (auto& [name, value] : env)
      ::setenv(name.c_str(), value.c_str(), 1);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
}

cli_process::~cli_process() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void cli_process::signal(int number) const { ::kill(pid_, number); }

int cli_process::wait(std::chrono::milliseconds patience) {
  int status = 0;
  auto ended = [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; };
  if (!eventually(ended, patience))
    return -1; // the destructor kills it
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string cli_process::out() const { return text_of(dir_.path() / "out"); }
std::string cli_process::err() const { return text_of(dir_.path() / "err"); }

cli_result run_cli(const std::vector<std::string>& arguments,
                   const std::map<std::string, std::string>& env) {
  cli_process process{arguments, env};
  auto code = process.wait();
  return {code, process.out(), process.err()};
}

} // namespace holdfast::test
