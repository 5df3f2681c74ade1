// Clients of a node, each with a connection and one request at a time.
// Must not know what is asked.
#pragma once

#include "node/load/http_connection.hpp"
#include "node/load/measure.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <poll.h>
#include <string>
#include <vector>

namespace holdfast::bench {

/// Many requests, and how long they took.
struct burst {
  latencies each;
  double seconds = 0;
};

class closed_loop {
public:
  closed_loop(const endpoint& node, std::size_t clients);

  /// The body of a client's next request.
  using body_fn = std::function<std::string(std::size_t client)>;
  /// Throws when the answer is wrong: who measures what is refused measures
  /// nothing.
  using check_fn = std::function<void(const http_answer&)>;

  /// POSTs `requests` times to `path`; on return all are answered.
  /// @throws std::runtime_error
  burst post(std::uint64_t requests, const std::string& path,
             const body_fn& body, const check_fn& check);

private:
  void ask(std::size_t client, const std::string& path, const body_fn& body);

  std::vector<http_connection> lines_;
  std::vector<pollfd> polled_;
  std::vector<clock::time_point> begun_;
};

} // namespace holdfast::bench
