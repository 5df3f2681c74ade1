// fork, exec, and control calls on fresh connections.
// Must not leave a child behind: PR_SET_PDEATHSIG ends it with this thread.
#include "tests/support/fake_process.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/http_client.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace holdfast::test {

using namespace std::chrono_literals;

namespace {

/// How long a control call waits for a fake that is away.
constexpr auto connect_patience = 60s;

std::string program(const char* variable) {
  const char* path = std::getenv(variable);
  if (path == nullptr)
    throw std::runtime_error(std::string{variable} +
                             " does not name the program");
  return path;
}

/// One line of `fd`, at most ten seconds; what came until then when it ends.
std::string line_of(int fd) {
  auto deadline = std::chrono::steady_clock::now() + 10s;
  std::string line;
  char c = 0;
  pollfd ready{fd, POLLIN, 0};
  while (std::chrono::steady_clock::now() < deadline && c != '\n') {
    if (::poll(&ready, 1, 100) <= 0)
      continue;
    if (::read(fd, &c, 1) != 1)
      break;
    line += c;
  }
  return line;
}

http_client connected(std::uint16_t port) {
  std::optional<http_client> client;
  auto there = [&] {
    client.emplace(port);
    try {
      client->connect();
      return true;
    } catch (const connection_lost&) {
      return false;
    }
  };
  if (!eventually(there, connect_patience))
    client->connect(); // says why not
  return *std::move(client);
}

} // namespace

fake_process::fake_process(const char* variable,
                           std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program(variable));
  std::vector<char*> argv;
  for (auto& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe left");
  auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0)
    throw std::runtime_error("cannot fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
      ::_exit(127);
    ::dup2(ends[1], STDOUT_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  await_port(ends[0]);
}

fake_process::~fake_process() { end(); }

void fake_process::await_port(int output) {
  const std::string before = "listening on 127.0.0.1:";
  auto line = line_of(output);
  ::close(output);
  if (!line.starts_with(before) || !line.ends_with('\n')) {
    end();
    throw std::runtime_error("the fake does not say where it listens, but: " +
                             line);
  }
  port_ = static_cast<std::uint16_t>(std::stoul(line.substr(before.size())));
}

void fake_process::end() {
  if (pid_ <= 0)
    return;
  ::kill(pid_, SIGKILL);
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
}

int fake_process::stop() {
  if (pid_ <= 0)
    throw std::runtime_error("the fake does not run");
  int status = 0;
  ::kill(pid_, SIGTERM);
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string fake_process::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

json fake_process::call(const std::string& method, const std::string& target,
                        const json& body) const {
  auto client = connected(port_);
  auto answer = client.send(method, target, body.is_null() ? "" : body.dump());
  if (answer.status != 200)
    throw std::runtime_error(method + " " + target + ": " +
                             answer.body.value("error", answer.text));
  return answer.body;
}

json fake_process::faults(const json& rules) {
  auto list = rules.is_array() ? rules : json::array({rules});
  return call("POST", "/fake/faults", {{"rules", list}})["rules"];
}

json fake_process::faults_left() const {
  return call("GET", "/fake/faults")["rules"];
}

void fake_process::clear_faults() { call("DELETE", "/fake/faults"); }

void fake_process::chaos(const json& settings) {
  call("POST", "/fake/chaos", settings);
}

void fake_process::reset() { call("POST", "/fake/reset"); }

void fake_process::away(std::chrono::milliseconds how_long) {
  call("POST", "/fake/away", {{"ms", how_long.count()}});
}

void fake_process::freeze() {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void fake_process::thaw() { ::kill(pid_, SIGCONT); }

} // namespace holdfast::test
