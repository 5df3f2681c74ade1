#include "bench/node_process.hpp"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sstream>
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
                           const std::string& directory)
    : log_file_(directory + "/node.log") {
  where_.port = free_port();
  auto config = directory + "/holdfast.toml";
  std::ofstream{config} << "[node]\ndata_dir = \"" << directory
                        << "/data\"\nlisten = \"" << where_.address << ":"
                        << where_.port << "\"\n";
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
  for (auto tries = 0; tries < 1000; ++tries) {
    if (ended(20))
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

double cpu_seconds_of(pid_t pid) {
  auto text = text_of("/proc/" + std::to_string(pid) + "/stat");
  // The name, in parentheses, may have spaces; user time is field 14.
  auto name_end = text.rfind(')');
  if (name_end == std::string::npos)
    throw std::runtime_error{"there is no process " + std::to_string(pid)};
  std::istringstream fields{text.substr(name_end + 1)};
  std::string skipped;
  for (auto i = 3; i < 14; ++i)
    fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double peak_rss_mib_of(pid_t pid) {
  auto text = text_of("/proc/" + std::to_string(pid) + "/status");
  auto at = text.find("VmHWM:");
  if (at == std::string::npos)
    throw std::runtime_error{"there is no process " + std::to_string(pid)};
  return std::stod(text.substr(at + 6)) / 1024;
}

} // namespace holdfast::bench
