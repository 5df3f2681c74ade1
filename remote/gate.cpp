// Forwards requests, and keeps the ones that wait apart by client.
// Must not know how connections are made.
#include "remote/gate.hpp"

#include <caf/send.hpp>

#include <random>
#include <type_traits>

namespace holdfast {

namespace {

template <class Command>
concept can_wait = requires(Command cmd) {
  cmd.wait_ms;
  cmd.caller;
};

template <class Command>
bool waits(const Command& cmd) {
  if constexpr (std::is_same_v<Command, acquire_lock>)
    return cmd.otherwise == when_locked::wait;
  else
    return cmd.wait_ms > 0;
}

/// Callers inside the process count up from 1; these start at a random number
/// in the upper half, so that neither they nor another gate's are met.
std::uint64_t random_start() {
  std::random_device source;
  return (std::uint64_t{1} << 63) | (std::uint64_t{source()} << 31);
}

} // namespace

remote_gate::remote_gate(caf::actor_config& cfg, locks_actor locks,
                         queries_actor queries)
    : gate_actor::base(cfg), locks_(std::move(locks)),
      queries_(std::move(queries)), last_number_(random_start()) {
  set_down_handler(
      [this](const caf::down_msg& down) { client_gone(down.source); });
  set_exit_handler([this](const caf::exit_msg&) { end_when_settled(); });
}

/// A grant that is on its way to a client must not end in a dead mailbox: the
/// gate goes when all that waits has been given up and answered.
void remote_gate::end_when_settled() {
  closing_ = true;
  for (auto& [number, call] : waits_)
    if (!call.gone) {
      call.gone = true;
      give_up(number, call);
    }
  if (waits_.empty())
    quit(caf::exit_reason::user_shutdown);
}

void remote_gate::forget(std::uint64_t number) {
  waits_.erase(number);
  if (closing_ && waits_.empty())
    quit(caf::exit_reason::user_shutdown);
}

void remote_gate::on_exit() {
  waits_.clear();
  locks_ = nullptr;
  queries_ = nullptr;
}

remote_gate::behavior_type remote_gate::make_behavior() {
  return forward_all<behavior_type>(
      this, remote_service::signatures{},
      [](const std::string&) { return remote_version(); });
}

template <class Answer, class Command>
caf::result<Answer> remote_gate::forward(Command& cmd) {
  if (closing_)
    return make_error({errc::shutting_down, "the engine is no longer published",
                       "", "", 0, 1000});
  if constexpr (can_wait<Command>) {
    if (waits(cmd))
      return wait_for<Answer>(cmd);
  }
  if constexpr (is_for_locks<Command>::value)
    return delegate(locks_, std::move(cmd));
  else
    return delegate(queries_, std::move(cmd));
}

template <class Answer, class Command>
caf::result<Answer> remote_gate::wait_for(Command& cmd) {
  auto number = ++last_number_;
  auto client = caf::actor_cast<caf::actor_addr>(current_sender());
  open_wait call{client, cmd.caller, cmd.resource, {}, true, false};
  if constexpr (std::is_same_v<Command, watch_entry>)
    call.entry = cmd.id;
  call.for_locks = is_for_locks<Command>::value;
  if (watched_.insert(client).second)
    monitor(client);
  waits_.emplace(number, std::move(call));
  cmd.caller = number;
  auto promise = make_response_promise<Answer>();
  auto answered = [this, number, promise](Answer& answer) mutable {
    if (may_deliver(number, answer))
      promise.deliver(std::move(answer));
  };
  auto refused = [this, number, promise](caf::error& why) mutable {
    auto gone = waits_.at(number).gone;
    forget(number);
    if (!gone)
      promise.deliver(std::move(why));
  };
  if constexpr (is_for_locks<Command>::value)
    request(locks_, caf::infinite, std::move(cmd)).then(answered, refused);
  else
    request(queries_, caf::infinite, std::move(cmd)).then(answered, refused);
  return promise;
}

/// False when there is nobody left to hear it.
template <class Answer>
bool remote_gate::may_deliver(std::uint64_t number, const Answer& answer) {
  auto gone = waits_.at(number).gone;
  if constexpr (std::is_same_v<Answer, acquire_answer>) {
    if (gone && answer.outcome == acquire_outcome::granted)
      give_back(answer.lock);
  }
  forget(number);
  return !gone;
}

void remote_gate::tell(const abandon_wait& cmd) {
  auto client = caf::actor_cast<caf::actor_addr>(current_sender());
  for (auto& [number, call] : waits_)
    if (call.client == client && call.theirs == cmd.caller) {
      if (call.resource.empty())
        call.resource = cmd.resource;
      give_up(number, call);
    }
}

void remote_gate::client_gone(const caf::actor_addr& client) {
  watched_.erase(client);
  for (auto& [number, call] : waits_)
    if (call.client == client) {
      call.gone = true;
      give_up(number, call);
    }
}

void remote_gate::give_up(std::uint64_t number, const open_wait& call) {
  if (!call.for_locks) {
    send(queries_, abandon_wait{call.resource, number});
  } else if (!call.resource.empty()) {
    send(locks_, abandon_wait{call.resource, number});
  } else if (call.entry) {
    // Calls that wait are kept by resource, which only the entry tells.
    watch_entry look;
    look.id = call.entry;
    look.claims = false;
    request(locks_, caf::infinite, std::move(look))
        .then(
            [this, number](const entry_view& found) {
              send(locks_, abandon_wait{found.record.work.resource, number});
            },
            [](const caf::error&) { /* no entry: its watch has ended too */ });
  }
}

/// Gives back a lock that was granted to nobody. If that fails the lease ends
/// it; nobody is left who could be told.
void remote_gate::give_back(const lock_record& lock) {
  release_lock cmd;
  cmd.resource = lock.work.resource;
  cmd.id = lock.id;
  cmd.token = lock.token();
  cmd.failed = true;
  cmd.error = "the caller hung up before it heard of the grant";
  caf::anon_send(locks_, std::move(cmd));
}

} // namespace holdfast
