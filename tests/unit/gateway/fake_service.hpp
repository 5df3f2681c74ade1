// A lock service that answers what a test tells it to, and remembers what it
// was asked.
#pragma once

#include "gateway/gateway.hpp"
#include "tests/unit/gateway/raw_client.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

namespace holdfast::test {

using asked_command =
    std::variant<acquire_lock, renew_lock, release_lock, force_release,
                 force_release_owner, cancel_entry, watch_entry, abandon_wait,
                 requeue_dead_letter, discard_dead_letter, set_paused, get_lock,
                 list_locks, get_resource, list_queue, list_dead_letters,
                 read_journal, get_stats, get_metrics, get_health, watch_trade,
                 list_trades, list_effects, get_effect, resolve_lock,
                 resolve_message, report_positions, report_snapshot,
                 list_positions, get_position>;

/// What is answered. `refusal` goes first.
struct canned_answers {
  std::optional<problem> refusal;
  std::function<acquire_answer(const acquire_lock&)> acquire;
  /// Requests that wait are held: acquires are granted by `set_paused`, reads
  /// are never answered.
  bool hold_waits = false;
  /// The grant crosses `abandon_wait` on its way.
  bool grant_abandoned = false;
  lock_record lock;
  entry_view entry;
  dead_letter letter;
  resource_view resource;
  lock_page locks;
  entry_page queue;
  dead_letter_page letters;
  journal_page journal;
  trade_record trade;
  trade_page trades;
  effect_record effect;
  effect_page effects;
  std::function<positions_reported(const report_positions&)> report;
  std::function<snapshot_reported(const report_snapshot&)> snapshot;
  position_record position;
  position_page positions;
  stats numbers;
  node_metrics metrics;
  health now;
  std::int64_t released = 0;
};

/// Shared by the fake actors and the test.
class fake_service {
public:
  /// The answers; under a lock, as actors read them.
  void set(const std::function<void(canned_answers&)>& change);
  canned_answers answers();

  void note(asked_command what);

  /// Blocks until commands of type `T` were asked `count` times; the last.
  template <class T>
  T await(std::size_t count = 1) {
    std::unique_lock lock{guard_};
    const T* last = nullptr;
    auto there = [&] {
      std::size_t seen = 0;
      for (auto& command : asked_)
        if (auto* one = std::get_if<T>(&command))
          last = ++seen == count ? one : last;
      return seen >= count;
    };
    if (!changed_.wait_for(lock, std::chrono::seconds{10}, there))
      throw std::runtime_error("the service was not asked");
    return *last;
  }

  template <class T>
  std::size_t times() {
    std::lock_guard lock{guard_};
    std::size_t seen = 0;
    for (auto& command : asked_)
      seen += std::holds_alternative<T>(command);
    return seen;
  }

private:
  std::mutex guard_;
  std::condition_variable changed_;
  std::vector<asked_command> asked_;
  canned_answers answers_;
};

/// Tokens are needed, and "read-token" is the one that there is: it may read.
gateway_options with_read_token();

/// A gateway in front of the fake service.
class gateway_world {
public:
  explicit gateway_world(gateway_options options = {});
  ~gateway_world();

  raw_client client() { return raw_client{http->port()}; }

  /// One call on a connection of its own.
  raw_answer call(std::string_view method, std::string_view target,
                  std::string_view body = {}, std::string_view headers = {});

  /// Ends the actors, as a stopping engine does.
  void end_actors();

  fake_service service;

private:
  caf::actor_system_config config_;
  std::optional<caf::actor_system> system_;
  locks_actor locks_;
  queries_actor queries_;
  positions_actor positions_;

public:
  std::unique_ptr<gateway> http;
};

/// A lock as an actor would answer it.
lock_record example_lock();
entry_view example_entry();
position_record example_position();

} // namespace holdfast::test
