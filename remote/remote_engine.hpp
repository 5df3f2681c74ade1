// The client's side: an engine of another process, spoken to like one's own.
#pragma once

#include "actors/interfaces.hpp"
#include "remote/address.hpp"
#include "remote/security.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace holdfast {

/// Hears of each change: whether there is a connection now, and one sentence
/// about it. Called from a thread of the actor system; must not block.
using connection_listener =
    std::function<void(bool connected, const std::string& about)>;

/// A connection to a `published_engine`, made again when it is lost. The
/// handles stay good all the time. While there is no connection, requests are
/// refused at once with `errc::storage_unavailable`; those that are open when
/// it is lost fail at once with the same code, and may have been carried out:
/// repeat them with the same idempotency key.
class remote_engine {
public:
  /// Begins to connect and returns.
  /// @throws std::logic_error when `sys` was not prepared by `init_remote`,
  ///         std::invalid_argument for bad TLS files.
  remote_engine(caf::actor_system& sys, const remote_address& at,
                const remote_security& with, connection_listener listener = {});

  /// Stops as `stop` does.
  ~remote_engine();

  remote_engine(const remote_engine&) = delete;
  remote_engine& operator=(const remote_engine&) = delete;

  /// Where requests go. Any thread.
  const locks_actor& locks() const;
  const queries_actor& queries() const;

  /// Blocks until there is a connection, or `at_most` is over (false). Not
  /// from an actor of `sys`.
  bool wait_connected(std::chrono::milliseconds at_most) const;

  /// Fails what is open and ends the actors. Blocks until that is done;
  /// calling it again does nothing. Not from an actor of `sys`.
  void stop();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace holdfast
