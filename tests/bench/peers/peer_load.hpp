// Closed-loop clients of another server: the loop of node/load/http_load with
// a line of its protocol in the place of HTTP.
// Must not know which server that is.
#pragma once

#include "node/load/http_load.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace holdfast::bench {

/// One connection with one request at a time. All calls throw
/// std::runtime_error when it fails or the server refuses.
class peer_line {
public:
  virtual ~peer_line() = default;

  virtual int fd() const = 0;
  /// Sends as much as the socket takes: a lock, then its release.
  virtual void acquire() = 0;
  virtual void release() = 0;
  /// Sends the rest; false: there still is some.
  virtual bool flush() = 0;
  /// Reads what has come; true: the answer is complete.
  virtual bool take() = 0;
};

/// Puts a server under load, as `run_http` does. `peer_cpu` answers the CPU
/// seconds that it has used so far. @throws std::runtime_error
http_figures run_peer(std::vector<std::unique_ptr<peer_line>> lines,
                      const load_times& times,
                      const std::function<double()>& peer_cpu);

} // namespace holdfast::bench
