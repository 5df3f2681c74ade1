// The server's side: an engine that other processes reach over CAF and TLS.
#pragma once

#include "engine/engine.hpp"
#include "remote/address.hpp"
#include "remote/security.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <memory>

namespace holdfast {

/// Keeps `engine` published while it lives. Declare it after the engine, so
/// that it goes first. Clients use `remote_engine`.
class published_engine {
public:
  /// @throws std::logic_error when `sys` was not prepared by `init_remote`,
  ///         std::invalid_argument for bad TLS files,
  ///         std::runtime_error when the port cannot be opened.
  published_engine(caf::actor_system& sys, const engine& which,
                   const remote_address& at, const remote_security& with);

  /// Closes as `close` does.
  ~published_engine();

  published_engine(const published_engine&) = delete;
  published_engine& operator=(const published_engine&) = delete;

  /// The port that is open.
  std::uint16_t port() const;

  /// Closes the port and cuts all clients off: their requests fail at once,
  /// what they wait for is given up, their locks stay. Blocks until it is
  /// done; calling it again does nothing. Not from an actor of `sys`.
  void close();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace holdfast
