// A fake service as a child process, and the control calls that all of them
// have. docs/testing.md lists faults and calls.
// Must not know the node.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace holdfast::test {

using json = nlohmann::json;

/// Starts when it is made; ends with this object. Its control calls may be
/// made from any thread, and throw std::runtime_error with the fake's own
/// words when it refuses them.
class fake_process {
public:
  fake_process(const fake_process&) = delete;
  fake_process& operator=(const fake_process&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const; ///< `http://127.0.0.1:PORT`

  /// Appends rules: an array of `{on, fault, …}`, or one of them. Returns
  /// those that are left.
  json faults(const json& rules);
  json faults_left() const;
  void clear_faults();

  /// `{seed, perMille, faults, ms?}`
  void chaos(const json& settings);

  /// Everything anew, faults too.
  void reset();

  /// Refuses connections for a while and breaks those that are used; the
  /// state stays. Control calls wait for its end.
  void away(std::chrono::milliseconds how_long);

  /// SIGTERM, then its exit code; -1 when a signal ended it. What it knew is
  /// gone.
  int stop();

  void freeze(); ///< SIGSTOP
  void thaw();   ///< SIGCONT

  pid_t pid() const { return pid_; }

protected:
  /// Starts the program that the environment's `variable` names.
  /// @throws std::runtime_error when there is none, or it does not say where
  /// it listens
  fake_process(const char* variable, std::vector<std::string> arguments);
  ~fake_process();

  /// A control call on a connection of its own.
  json call(const std::string& method, const std::string& target,
            const json& body = nullptr) const;

private:
  void await_port(int output);
  void end();

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

} // namespace holdfast::test
