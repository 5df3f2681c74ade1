// Which process of this machine listens on a port.
// Must not know what it serves.
#pragma once

#include <cstdint>
#include <sys/types.h>

namespace holdfast::bench {

/// The process that listens on IPv4 port `port`, by /proc; 0 when there is
/// none, or it is another user's, whose files cannot be seen.
pid_t listening_process(std::uint16_t port);

} // namespace holdfast::bench
