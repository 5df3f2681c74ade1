// The program as a command: its streams apart, its environment, signals while
// it runs. Must not know what the commands do.
#pragma once

#include "tests/support/node_process.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace holdfast::test {

class cli_process {
public:
  /// Starts the program in a process group of its own.
  explicit cli_process(const std::vector<std::string>& arguments,
                       const std::map<std::string, std::string>& env = {});
  ~cli_process();
  cli_process(const cli_process&) = delete;
  cli_process& operator=(const cli_process&) = delete;

  void signal(int number) const;

  /// The exit code, 128 + N after signal N; killed after `patience`, then -1.
  int wait(std::chrono::milliseconds patience = std::chrono::seconds{30});

  std::string out() const; ///< what it wrote so far
  std::string err() const;
  pid_t pid() const { return pid_; }

private:
  temp_dir dir_;
  pid_t pid_ = -1;
};

struct cli_result {
  int exit_code;
  std::string out;
  std::string err;
};

/// Runs to the end.
cli_result run_cli(const std::vector<std::string>& arguments,
                   const std::map<std::string, std::string>& env = {});

} // namespace holdfast::test
