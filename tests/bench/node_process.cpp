#include "bench/node_process.hpp"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace holdfast::bench {

namespace {

std::string text_of(const std::string& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

node_process::node_process(const std::string& program,
                           const std::string& directory,
                           const std::string& more)
    : log_file_(directory + "/node.log") {
  where_.port = free_port();
  auto config = directory + "/holdfast.toml";
  std::ofstream{config} << "[node]\ndata_dir = \"" << directory
                        << "/data\"\nlisten = \"" << where_.address << ":"
                        << where_.port << "\"\n"
                        << more;
  pid_ = fork();
  if (pid_ < 0)
    throw std::runtime_error{"cannot make a process"};
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    auto fd = open(log_file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    execl(program.c_str(), program.c_str(), "node", "--config", config.c_str(),
          nullptr);
    _exit(127);
  }
  wait_until_ready();
}

node_process::~node_process() {
  if (pid_ < 0)
    return;
  kill(pid_, SIGTERM);
  if (ended(10'000))
    return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool node_process::ended(int timeout_ms) {
  for (auto waited = 0; waited < timeout_ms; waited += 10) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return false;
}

std::string node_process::log() const { return text_of(log_file_); }

void node_process::wait_until_ready() {
  for (auto tries = 0; tries < 6000; ++tries) {
    if (ended(10))
      throw std::runtime_error{"the node ended: " + log()};
    try {
      http_connection line{where_};
      line.ask("GET", "/readyz", {});
      if (line.wait(1000).status == 200)
        return;
    } catch (const std::runtime_error&) {
      // It does not listen yet; the limit of tries says when to give up.
      continue;
    }
  }
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  throw std::runtime_error{"the node did not become ready: " + log()};
}

} // namespace holdfast::bench
