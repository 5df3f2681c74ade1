#include "actors/lock_directory.hpp"

#include "actors/owner_release.hpp"
#include "rules/idempotency.hpp"
#include "storage/records.hpp"

#include <type_traits>

namespace holdfast {

namespace {

problem missing(const std::string& what) {
  return {errc::not_found, "there is no " + what, "", "", 0, 0};
}

problem unreadable(const storage_error& why) {
  return {errc::storage_unavailable, why.what(), "", "", 0, 1000};
}

} // namespace

lock_directory::lock_directory(caf::actor_config& cfg, surroundings_ptr around,
                               std::shared_ptr<directory_links> links)
    : directory_actor::base(cfg), around_(std::move(around)),
      links_(std::move(links)) {}

void lock_directory::on_exit() {
  for (auto& [resource, s] : slots_)
    if (s.owner)
      caf::anon_send_exit(s.owner, caf::exit_reason::kill);
  slots_.clear();
  drained_ = {};
  links_.reset();
}

lock_directory::behavior_type lock_directory::make_behavior() {
  send(this, tick{});
  return {
      [this](acquire_lock& cmd) { return route<acquire_answer>(cmd); },
      [this](renew_lock& cmd) { return route_lock<lock_record>(cmd); },
      [this](release_lock& cmd) { return route_lock<lock_record>(cmd); },
      [this](force_release& cmd) { return route_lock<force_released>(cmd); },
      [this](const force_release_owner& cmd) { return release_owner(cmd); },
      [this](resolve_lock& cmd) { return route_lock<lock_record>(cmd); },
      [this](update_trade& cmd) { return route<trade_record>(cmd); },
      [this](cancel_entry& cmd) { return route_entry<entry_view>(cmd); },
      [this](watch_entry& cmd) { return route_entry<entry_view>(cmd); },
      [this](watch_trade& cmd) { return route_trade(cmd); },
      [this](report_position& cmd) { return route_report(cmd); },
      [this](begin_message& cmd) { return route<begun_message>(cmd); },
      [this](end_message& cmd) { return route<effect_record>(cmd); },
      [this](resolve_message& cmd) { return route_message(cmd); },
      [this](change_alert& cmd) { return route<bool>(cmd); },
      [](const ping&) { return true; },
      [this](begin_effect& cmd) { return route_effect(cmd); },
      [this](abandon_wait& cmd) { abandon(cmd); },
      [this](requeue_dead_letter& cmd) {
        return route_dead_letter<entry_view>(cmd);
      },
      [this](discard_dead_letter& cmd) {
        return route_dead_letter<dead_letter>(cmd);
      },
      [this](const set_paused& cmd) { return set_pause(cmd); },
      [this](resource_loaded& what) { loaded(what); },
      [this](const wake_resource& what) { wake(what.resource); },
      [this](task_ended& done) { tell_task_ended(done); },
      [this](const owner_retired& what) { retired(what); },
      [this](const owner_failed& what) { failed(what); },
      [this](tick) { sweep(); },
      [this](const shut_down&) { return drain(); },
  };
}

std::optional<problem> lock_directory::closed(std::size_t in_flight_max) const {
  if (draining_)
    return problem{
        errc::shutting_down, "the node is stopping", "", "", 0, 1000};
  if (around_->in_flight.load() >= in_flight_max)
    return problem{errc::rate_limited,
                   "the node has " + std::to_string(around_->in_flight_max) +
                       " requests in flight, which is its limit",
                   "",
                   "",
                   0,
                   1000};
  return std::nullopt;
}

template <class Answer, class Command>
caf::result<Answer> lock_directory::route(Command& cmd) {
  constexpr auto may_wait = std::is_same_v<Command, acquire_lock> ||
                            std::is_same_v<Command, report_position> ||
                            std::is_same_v<Command, watch_entry> ||
                            std::is_same_v<Command, watch_trade>;
  if (auto why = closed(around_->in_flight_max * (may_wait ? 1 : 2)))
    return make_error(*std::move(why));
  if (auto why = validate_key("resourceId", cmd.resource))
    return make_error(*std::move(why));
  around_->in_flight.fetch_add(1);
  auto& s = use(cmd.resource)->second;
  if (s.state == slot_state::serving)
    return delegate(s.owner, std::move(cmd));
  auto promise = make_response_promise<Answer>();
  s.held.push_back([this, promise, cmd = std::move(cmd)](
                       const owner_actor* owner, const problem& why) mutable {
    if (owner) {
      promise.delegate(*owner, std::move(cmd));
    } else {
      around_->in_flight.fetch_sub(1);
      promise.deliver(make_error(why));
    }
  });
  return promise;
}

template <class Answer, class Command>
caf::result<Answer> lock_directory::route_lock(Command& cmd) {
  try {
    auto resource = resource_of_lock(cmd.id);
    if (!resource)
      return make_error(missing("lock " + to_string(cmd.id)));
    cmd.resource = *std::move(resource);
  } catch (const storage_error& why) {
    return make_error(unreadable(why));
  }
  return route<Answer>(cmd);
}

template <class Answer, class Command>
caf::result<Answer> lock_directory::route_entry(Command& cmd) {
  try {
    auto resource = resource_of_entry(cmd.id);
    if (!resource)
      return make_error(missing("queue entry " + to_string(cmd.id)));
    cmd.resource = *std::move(resource);
  } catch (const storage_error& why) {
    return make_error(unreadable(why));
  }
  return route<Answer>(cmd);
}

template <class Answer, class Command>
caf::result<Answer> lock_directory::route_dead_letter(Command& cmd) {
  try {
    auto resource = resource_of_dead_letter(cmd.id);
    if (!resource)
      return make_error(missing("dead letter " + to_string(cmd.id)));
    cmd.resource = *std::move(resource);
  } catch (const storage_error& why) {
    return make_error(unreadable(why));
  }
  return route<Answer>(cmd);
}

caf::result<trade_record> lock_directory::route_trade(watch_trade& cmd) {
  try {
    if (cmd.resource.empty()) {
      auto resource = resource_of_trade(cmd.id);
      if (!resource)
        return make_error(missing("trade " + to_string(cmd.id)));
      cmd.resource = *std::move(resource);
    }
  } catch (const storage_error& why) {
    return make_error(unreadable(why));
  }
  return route<trade_record>(cmd);
}

caf::result<effect_record> lock_directory::route_effect(begin_effect& cmd) {
  try {
    auto resource = resource_of_lock(cmd.lock);
    if (!resource)
      return make_error(missing("lock " + to_string(cmd.lock)));
    cmd.resource = *std::move(resource);
  } catch (const storage_error& why) {
    return make_error(unreadable(why));
  }
  return route<effect_record>(cmd);
}

caf::result<position_reported>
lock_directory::route_report(report_position& cmd) {
  cmd.resource = position_resource(cmd.event.account_id, cmd.event.position_id);
  return route<position_reported>(cmd);
}

caf::result<effect_record> lock_directory::route_message(resolve_message& cmd) {
  try {
    auto resource = resource_of_effect(cmd.effect);
    if (!resource)
      return make_error(missing("effect " + to_string(cmd.effect)));
    cmd.resource = *std::move(resource);
  } catch (const storage_error& why) {
    return make_error(unreadable(why));
  }
  return route<effect_record>(cmd);
}

void lock_directory::abandon(abandon_wait& cmd) {
  auto i = slots_.find(cmd.resource);
  if (i == slots_.end())
    return;
  if (i->second.state == slot_state::serving)
    send(i->second.owner, std::move(cmd));
  else
    i->second.held.push_back(
        [this, cmd = std::move(cmd)](const owner_actor* owner, const problem&) {
          if (owner)
            send(*owner, cmd);
        });
}

caf::result<force_released>
lock_directory::release_owner(const force_release_owner& cmd) {
  if (auto why = closed(around_->in_flight_max * 2))
    return make_error(*std::move(why));
  auto worker = spawn<owner_release>(locks_actor{this},
                                     queries_actor{links_->reader}, cmd);
  return delegate(worker, start_release{});
}

caf::result<bool> lock_directory::set_pause(const set_paused& cmd) {
  if (auto why = closed(around_->in_flight_max * 2))
    return make_error(*std::move(why));
  auto before = around_->paused.load();
  if (before == cmd.paused)
    return before;
  journal_event event;
  event.at_ms = around_->time->now().wall_ms;
  event.kind = cmd.paused ? event_kind::paused : event_kind::resumed;
  event.actor = cmd.actor;
  step s;
  s.writes.push_back({table::meta, "paused", cmd.paused ? "1" : "0"});
  s.events.push_back(encode(event));
  auto promise = make_response_promise<bool>();
  request(links_->persistence, caf::infinite, commit_step{std::move(s)})
      .then(
          [this, promise, before, paused = cmd.paused](std::uint64_t) mutable {
            around_->paused.store(paused);
            send(links_->runner, tick{});
            promise.deliver(before);
          },
          [promise](const caf::error& why) mutable { promise.deliver(why); });
  return promise;
}

std::optional<std::string> lock_directory::resource_of_lock(lock_id id) const {
  if (id.store != around_->db.tag())
    return std::nullopt;
  auto from = around_->db.read();
  auto key = number_key(id.number);
  for (auto where : {table::locks, table::beside})
    if (auto row = from->get(where, key))
      return std::string{lock_resource(*row)};
  if (auto row = from->get(table::history, key))
    return std::string{lock_resource(*row)};
  return std::nullopt;
}

std::optional<std::string>
lock_directory::resource_of_entry(entry_id id) const {
  if (id.store != around_->db.tag())
    return std::nullopt;
  auto from = around_->db.read();
  auto row = from->get(table::entries, number_key(id.number));
  if (!row)
    return std::nullopt;
  return std::string{entry_resource(*row)};
}

std::optional<std::string>
lock_directory::resource_of_trade(trade_id id) const {
  if (id.store != around_->db.tag())
    return std::nullopt;
  auto from = around_->db.read();
  auto row = from->get(table::trades, number_key(id.number));
  if (!row)
    return std::nullopt;
  return std::string{trade_resource(*row)};
}

std::optional<std::string>
lock_directory::resource_of_effect(effect_id id) const {
  if (id.store != around_->db.tag())
    return std::nullopt;
  auto from = around_->db.read();
  auto row = from->get(table::effects, number_key(id.number));
  if (!row)
    return std::nullopt;
  return std::string{effect_resource(*row)};
}

std::optional<std::string>
lock_directory::resource_of_dead_letter(dead_letter_id id) const {
  if (id.store != around_->db.tag())
    return std::nullopt;
  auto from = around_->db.read();
  auto row = from->get(table::dead_letters, number_key(id.number));
  if (!row)
    return std::nullopt;
  return decode_dead_letter(*row).work.resource;
}

} // namespace holdfast
