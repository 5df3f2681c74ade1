// When the node is killed, and when it has come to rest.
// Must not know its clients.
#pragma once

#include "tests/support/node_process.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <random>

namespace holdfast::test {

/// A moment chosen by `random`: what the clients reach until then is the node's
/// state at the kill.
void pause(std::mt19937_64& random, std::chrono::microseconds from,
           std::chrono::microseconds to);

/// Kills the node in the middle of its work, at times once more while it
/// starts, and starts it. `died` is called after each kill.
void kill_and_start(node_process& node, std::mt19937_64& random,
                    const std::function<void()>& died);

/// Every lock is released or runs out and every waiter is served. False when
/// some are left after `patience`.
bool comes_to_rest(std::uint16_t port, std::chrono::seconds patience);

} // namespace holdfast::test
