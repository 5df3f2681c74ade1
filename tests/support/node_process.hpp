// The real program as a child process on a directory of its own: start, stop,
// kill, freeze, start again on the same data.
// Must not know HTTP calls other than /readyz.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace holdfast::test {

/// A directory that lives as long as this object.
class temp_dir {
public:
  temp_dir();
  ~temp_dir();
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// The path of the program under test, from HOLDFAST_BINARY.
/// @throws std::runtime_error when it is not set
std::string binary();

/// Lines added to a section of the node's TOML file.
struct node_config {
  std::string node = {};
  std::string locks = {};
  std::string limits = {};
  std::string trades = {};
  std::string paper = {};
  std::string more = {}; ///< whole sections
};

struct finished_process {
  int exit_code = -1; ///< -1 when a signal ended it
  std::string output; ///< stdout and stderr together
};

/// Runs the program with `arguments` to its end, at most ten seconds, then
/// kills it.
finished_process run_binary(const std::vector<std::string>& arguments);

class node_process {
public:
  /// Writes the configuration; does not start.
  explicit node_process(node_config config = {});
  ~node_process();
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;

  /// Starts and waits until /readyz answers 200.
  /// @throws std::runtime_error with what the node wrote when it does not
  void start();

  /// Starts without waiting for anything.
  void launch();

  /// SIGTERM, then its exit code; -1 when a signal ended it or it had to be
  /// killed after ten seconds.
  int stop();

  void terminate(); ///< only sends SIGTERM
  int wait(std::chrono::milliseconds patience = std::chrono::seconds{10});
  void kill();   ///< SIGKILL, and reaps
  void freeze(); ///< SIGSTOP, until it is stopped
  void thaw();   ///< SIGCONT

  /// Writes another configuration for the next start.
  void reconfigure(const node_config& config);

  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  std::uint16_t port() const { return port_; }
  std::string output() const; ///< everything since the last start
  std::filesystem::path data_dir() const { return dir_.path() / "data"; }
  std::filesystem::path config_file() const {
    return dir_.path() / "holdfast.toml";
  }

private:
  void await_port();
  void await_ready();

  temp_dir dir_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  std::thread reader_;
  mutable std::mutex mutex_;
  std::string output_;
};

} // namespace holdfast::test
