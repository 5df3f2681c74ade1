// A lock in Redis, as its users write it: SET NX PX, and a script that
// compares before it deletes. Must not know who measures.
#pragma once

#include "bench/peers/peer_load.hpp"

#include <cstdint>
#include <memory>

namespace holdfast::bench {

/// Client `number` with a key of its own on 127.0.0.1.
/// @throws std::runtime_error
std::unique_ptr<peer_line> make_redis_line(std::uint16_t port,
                                           std::size_t number);

} // namespace holdfast::bench
