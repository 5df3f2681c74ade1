// Spawns the actors of one engine, recovers, and ends them.
#pragma once

#include "actors/internal.hpp"

#include <caf/actor_system.hpp>

#include <array>
#include <vector>

namespace holdfast {

/// What a start found in the store, and mended.
struct recovery {
  std::vector<arm_timer> timers; ///< for everything that is due some day
  std::uint64_t active_locks = 0;
  std::uint64_t waiting = 0;
  std::uint64_t running_tasks = 0;
};

/// Reads what is under way. Leases of an earlier boot are carried over: their
/// time left by the wall clock, at most their full length. Calls that waited
/// are cancelled: their connections are gone. Sets `paused`.
/// @throws storage_error
recovery recover(surroundings& around);

/// The actors of one engine.
struct crew {
  directory_actor directory;
  persistence_actor persistence;
  timer_actor timer;
  task_runner_actor runner;
  reader_actor reader;
  janitor_actor janitor;
  positions_actor desk;
  std::array<notifier_actor, all_channels.size()> notifiers; ///< by channel
  executor_actor signals;
  watchdog_actor alerts;
};

/// `own_threads`: the writer and the reader, which block, get threads of their
/// own; false in a simulation.
crew spawn_crew(caf::actor_system& sys, const surroundings_ptr& around,
                recovery found, bool own_threads);

/// Ends all of them at once, as a crash does. What is not durable is lost.
void kill_crew(crew& all);

} // namespace holdfast
