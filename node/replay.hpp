// Sends the calls of a recording: when they are due, and what they need has
// been answered. Must not know what the calls mean.
#pragma once

#include "node/http_client.hpp"
#include "node/replay_script.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast {

struct replay_options {
  /// How many times faster than recorded; 0: as fast as possible.
  double speed = 1;
  /// Calls under way at one time; the others wait, in the file's order.
  std::size_t calls_max = 256;
};

/// No answer came. Whether the call took effect is not known.
struct node_unreachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How one line ended. `response.status` 0: it was not sent, because a
/// placeholder had no value; `response.error` says which.
struct replay_answer {
  const replay_line& line;
  const client_response& response;
  const nlohmann::json& body; ///< null when it is no JSON
};

/// Sends all of `lines`. A line without `afterMs` waits for the answer of the
/// line before; one with `afterMs` for that time alone. `now_ms` is a clock
/// that never goes back. Lines that may start together start in file order.
/// @throws node_unreachable
void replay(const std::vector<replay_line>& lines, http_transport& node,
            const std::function<std::int64_t()>& now_ms,
            const replay_options& how,
            const std::function<void(const replay_answer&)>& on_answer);

} // namespace holdfast
