// Waits for the signals that end the program, or make it read files again.
#pragma once

#include <functional>

namespace holdfast {

/// Blocks SIGTERM, SIGINT and SIGHUP in this thread and all that it starts, and
/// ignores SIGPIPE and
/// SIGXFSZ. Call before the first thread starts.
void block_stop_signals();

/// Waits until SIGTERM or SIGINT comes and answers which. From then on another
/// one ends the process at once. Calls `reload` with every SIGHUP until then.
int wait_for_stop_signal(const std::function<void()>& reload);

} // namespace holdfast
