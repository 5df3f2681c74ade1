// Waits for the signals that end the program.
#pragma once

namespace holdfast {

/// Blocks SIGTERM and SIGINT in this thread and all that it starts, and
/// ignores SIGPIPE and
/// SIGXFSZ. Call before the first thread starts.
void block_stop_signals();

/// Waits until SIGTERM or SIGINT comes and answers which. From then on another
/// one ends the process at once.
int wait_for_stop_signal();

} // namespace holdfast
