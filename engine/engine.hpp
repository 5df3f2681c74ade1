// The facade for programs that embed Holdfast.
#pragma once

#include "actors/control_channel.hpp"
#include "actors/control_settings.hpp"
#include "actors/exchange.hpp"
#include "actors/feed_settings.hpp"
#include "actors/interfaces.hpp"
#include "actors/messenger.hpp"
#include "actors/notifier_settings.hpp"
#include "actors/position_source.hpp"
#include "engine/options.hpp"
#include "storage/store.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace holdfast {

/// A lock service inside the host's own actor system. Has no global state:
/// several engines live in one process, each on its own directory. Prints
/// nothing and never ends the process.
class engine {
public:
  /// Opens the store, recovers, and starts the actors. When it returns,
  /// requests are served.
  /// @throws storage_error, std::invalid_argument for bad options.
  engine(caf::actor_system& sys, const options& opts);

  /// The same on a store of the caller's, which must outlive the engine.
  engine(caf::actor_system& sys, const options& opts, store& on);

  /// Stops as `stop` does.
  ~engine();

  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// Where requests go. Any thread, but not while `stop` runs: take a copy of
  /// the handle before, which stays good and is answered `shutting_down`.
  const locks_actor& locks() const;
  const queries_actor& queries() const;
  /// Where positions are reported; like `locks`.
  const positions_actor& positions() const;
  const store& storage() const;

  /// Makes `work` the executor of tasks named `name`, in place of an earlier
  /// one. Tasks that waited for it start. Any thread.
  void register_executor(std::string name, executor_actor work);

  /// Does trades on `exchange`, which the caller keeps until the engine has
  /// stopped: registers a `trade_executor`, in place of an earlier one. Any
  /// thread.
  void trade_on(exchange_actor exchange);

  /// Sends the messages of a channel through `messenger`, which the caller
  /// keeps until the engine has stopped, in place of an earlier one. Messages
  /// that waited leave. Any thread.
  void notify_on(channel of, messenger_actor messenger, notifier_settings how);

  /// Asks `source`, which the caller keeps until the engine has stopped, for
  /// the positions of an account, again and again. Any thread.
  void feed_from(position_source_actor source, feed_settings how);

  /// Carries out what operators write in `channel`, which the caller keeps
  /// until the engine has stopped: docs/control-bot.md. Any thread.
  void commands_from(control_channel_actor channel, control_settings who);

  /// Whether those whom every request goes through answer in time, the
  /// directory of owners and the reader, and none of the adapters has ended
  /// that the engine was given last. Says nothing of the disk: commits that
  /// fail are no reason to end a process, since a new one cannot commit either.
  /// Any thread but not an actor of `sys`, and not while `stop` runs.
  bool is_alive(std::chrono::milliseconds within) const;

  /// Answers every waiting request with `errc::shutting_down`, finishes the
  /// commits under way, ends the actors and closes the store. Blocks until
  /// that is done; calling it again does nothing. Not from an actor of `sys`.
  void stop();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace holdfast
