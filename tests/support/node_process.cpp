// fork, exec and the pipe that collects what the node writes.
// Must not leave a child behind: PR_SET_PDEATHSIG ends it with this thread.
#include "tests/support/node_process.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/http_client.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace holdfast::test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

struct child {
  pid_t pid;
  int output;
};

child spawn(const std::vector<std::string>& arguments) {
  auto program = binary();
  std::vector<char*> argv{program.data()};
  for (const auto& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe left");
  auto parent = ::getpid();
  auto pid = ::fork();
  if (pid < 0)
    throw std::runtime_error("cannot fork");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
      ::_exit(127);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  return {pid, ends[0]};
}

/// The exit code, -1 after a signal; nothing when it still runs.
std::pair<bool, int> reaped(pid_t pid) {
  int status = 0;
  if (::waitpid(pid, &status, WNOHANG) != pid)
    return {false, -1};
  return {true, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

int reap(pid_t pid, std::chrono::milliseconds patience) {
  std::pair<bool, int> end;
  if (eventually([&] { return (end = reaped(pid)).first; }, patience))
    return end.second;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  return -1;
}

template <class F>
void drain(int fd, F&& sink) {
  char chunk[4096];
  for (;;) {
    auto got = ::read(fd, chunk, sizeof(chunk));
    if (got <= 0)
      break;
    sink(chunk, static_cast<std::size_t>(got));
  }
  ::close(fd);
}

} // namespace

temp_dir::temp_dir() {
  auto pattern = (fs::temp_directory_path() / "holdfast-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("cannot make a temporary directory");
  path_ = pattern;
}

temp_dir::~temp_dir() {
  std::error_code ignored; // a leftover directory is no reason to fail
  fs::remove_all(path_, ignored);
}

std::string binary() {
  const char* path = std::getenv("HOLDFAST_BINARY");
  if (path == nullptr)
    throw std::runtime_error("HOLDFAST_BINARY does not name the program");
  return path;
}

finished_process run_binary(const std::vector<std::string>& arguments) {
  auto [pid, fd] = spawn(arguments);
  finished_process result;
  std::thread reader{[&result, fd = fd] {
    drain(fd, [&](const char* data, std::size_t size) {
      result.output.append(data, size);
    });
  }};
  result.exit_code = reap(pid, 10s);
  reader.join();
  return result;
}

node_process::node_process(node_config config) { reconfigure(config); }

node_process::~node_process() { kill(); }

void node_process::reconfigure(const node_config& config) {
  std::ofstream file{config_file()};
  file << "[node]\n"
       << "data_dir = \"" << data_dir().string() << "\"\n";
  if (config.node.find("listen") == std::string::npos)
    file << "listen = \"127.0.0.1:0\"\n";
  if (config.node.find("map_size_gib") == std::string::npos)
    file << "map_size_gib = 1\n";
  file << config.node << "\n\n"
       << "[locks]\n"
       << config.locks << "\n\n"
       << "[limits]\n"
       << config.limits << "\n"
       << "[trades]\n"
       << config.trades << "\n"
       << "[paper]\n"
       << config.paper << "\n\n"
       << config.more << "\n";
}

void node_process::start() {
  launch();
  await_port();
  await_ready();
}

void node_process::launch() {
  if (running())
    throw std::runtime_error("the node runs already");
  output_.clear();
  port_ = 0;
  auto [pid, fd] = spawn({"node", "--config", config_file().string()});
  pid_ = pid;
  reader_ = std::thread{[this, fd = fd] {
    drain(fd, [this](const char* data, std::size_t size) {
      std::lock_guard guard{mutex_};
      output_.append(data, size);
    });
  }};
}

int node_process::stop() {
  terminate();
  return wait();
}

void node_process::terminate() {
  if (running())
    ::kill(pid_, SIGTERM);
}

int node_process::wait(std::chrono::milliseconds patience) {
  if (!running())
    return -1;
  auto code = reap(std::exchange(pid_, -1), patience);
  reader_.join();
  return code;
}

void node_process::kill() {
  if (!running())
    return;
  ::kill(pid_, SIGKILL);
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
  reader_.join();
}

void node_process::freeze() {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void node_process::thaw() { ::kill(pid_, SIGCONT); }

std::string node_process::output() const {
  std::lock_guard guard{mutex_};
  return output_;
}

void node_process::await_port() {
  const std::string before = "listening on http://127.0.0.1:";
  auto said = [&] {
    auto written = output();
    auto found = written.find(before);
    if (found != std::string::npos) {
      auto rest = written.substr(found + before.size());
      if (rest.find_first_not_of("0123456789") != std::string::npos) {
        port_ = static_cast<std::uint16_t>(std::stoul(rest));
        return true;
      }
    }
    if (auto [done, code] = reaped(pid_); done) {
      pid_ = -1;
      reader_.join();
      throw std::runtime_error("the node ended with " + std::to_string(code) +
                               ":\n" + output());
    }
    return false;
  };
  if (eventually(said, 20s))
    return;
  throw std::runtime_error("the node does not say where it listens:\n" +
                           output());
}

void node_process::await_ready() {
  auto ready = [&] {
    try {
      return http_client{port_, 5s}.get("/readyz").status == 200;
    } catch (const connection_lost&) {
      return false; // not listening yet
    }
  };
  if (!eventually(ready, 20s))
    throw std::runtime_error("the node does not become ready:\n" + output());
}

} // namespace holdfast::test
