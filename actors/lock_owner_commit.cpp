// The side of a lock owner that faces the store: nothing is heard before it
// is durable, and what is not durable yet is still known.
#include "actors/lock_owner.hpp"
#include "actors/step_writer.hpp"
#include "rules/idempotency.hpp"
#include "rules/refusals.hpp"
#include "storage/records.hpp"

#include <algorithm>

namespace holdfast {

void lock_owner::commit(transition&& change) {
  // A grant that somebody waits for right now needs no claim.
  if (change.held && !change.left.empty()) {
    auto id = change.left.back().id;
    auto acquires = [&](const auto& call) { return call.entry == id; };
    auto claims = [&](const auto& call) {
      return call.entry == id && call.claims;
    };
    if (std::ranges::any_of(calls_, acquires) ||
        std::ranges::any_of(watches_, claims))
      change.held->claimed = true;
  }
  auto what = to_step(state_, change);
  apply(state_, change);
  pending_.emplace_back().change = std::move(change);
  request(links_.persistence, caf::infinite, commit_step{std::move(what)})
      .then([this](std::uint64_t) { durable(); },
            [this](const caf::error& why) { fail(to_problem(why).detail); });
  // What follows may decide, and commit, more: the reference stays.
  const auto& mine = pending_.back().change;
  settle_flight(mine);
  settle_entries(mine);
  settle_trades(mine);
  settle_reports(mine);
  arm();
}

void lock_owner::durable() {
  if (failed_)
    return;
  auto& done = pending_.front();
  for (const auto* flight : {&done.change.held, &done.change.beside})
    if (*flight && !(*flight)->work.task.empty())
      tasks_[(*flight)->id.number].durable = (*flight)->attempts;
  if (const auto& ended = done.change.any_ended())
    tasks_.erase(ended->id.number);
  if (!done.change.messages.empty())
    tell_notifiers();
  count(done.change);
  auto answers = std::move(done.answers);
  pending_.pop_front();
  for (auto& a : answers)
    deliver(a);
  if (draining_)
    quit_when_drained();
  else
    drive_tasks();
}

/// Nothing of what was decided since the failed commit can be relied upon:
/// everybody hears so, and the directory loads a fresh owner from the store.
void lock_owner::fail(const std::string& why) {
  if (failed_)
    return;
  failed_ = true;
  around_->warn("resource '" + state_.resource + "': commit failed: " + why);
  problem p{errc::storage_unavailable,
            "the store could not commit, try again: " + why,
            "",
            "",
            0,
            1000};
  auto undone = std::move(pending_);
  pending_.clear();
  for (auto& step : undone)
    for (auto& a : step.answers) {
      if (a.what.match_elements<acquire_answer>())
        around_->counted.acquire_refused(p.code);
      a.what = caf::make_message(make_error(p));
      deliver(a);
    }
  give_up(p);
  send(links_.directory, owner_failed{state_.resource, address()});
  quit_when_drained();
}

void lock_owner::give_up(const problem& why) {
  for (auto& call : std::exchange(calls_, {}))
    refuse_acquire(call.to, why);
  for (auto& call : std::exchange(watches_, {}))
    refuse(call.to, why);
  for (auto& call : std::exchange(trade_watches_, {}))
    refuse(call.to, why);
  for (auto& call : std::exchange(reports_, {}))
    refuse(call.to, why);
}

void lock_owner::quit_when_drained() {
  if (draining_ && pending_.empty()) {
    send(links_.directory, owner_retired{state_.resource, address(), true});
    quit();
  }
}

/// Those who waited for the outcome of the transaction that has ended: its
/// outcome is theirs, or one of them takes its place and the others wait on.
void lock_owner::settle_flight(const transition& change) {
  const auto& ended = change.any_ended();
  if (!ended)
    return;
  const auto& key = ended->work.idempotency_key;
  auto in_flight = [&](const auto& call) {
    return !call.entry && call.work.idempotency_key == key;
  };
  std::vector<wait_call> joiners;
  std::ranges::copy_if(calls_, std::back_inserter(joiners), in_flight);
  if (joiners.empty())
    return;
  if (ended->status == lock_status::released) {
    std::erase_if(calls_, in_flight);
    for (auto& call : joiners) {
      around_->recent.add(around_->time->now().boot_us / 1'000'000,
                          recent_counts::replayed);
      say(call.to, acquire_answer{acquire_outcome::replayed, *ended, {}});
    }
    return;
  }
  if (ended->beside)
    return rejoin(std::move(joiners));
  auto same_key = [&](const transaction& work) {
    return work.idempotency_key == key;
  };
  if (change.held && same_key(change.held->work)) {
    auto number = best_joiner(key)->number;
    auto best = std::ranges::find_if(calls_, [&](const auto& call) {
      return in_flight(call) && call.number == number;
    });
    say(best->to, acquire_answer{acquire_outcome::granted, *change.held, {}});
    calls_.erase(best);
    return;
  }
  for (const auto& entry : change.queued)
    if (same_key(entry.work))
      for (auto& call : calls_)
        if (in_flight(call))
          call.entry = entry.id;
}

/// Those who waited for entries that have left the queue.
void lock_owner::settle_entries(const transition& change) {
  for (const auto& entry : change.left) {
    auto granted = entry.status == entry_status::granted;
    auto given = false;
    for (auto i = calls_.begin(); i != calls_.end();) {
      if (i->entry != entry.id) {
        ++i;
      } else if (!granted) {
        refuse_acquire(i->to, {errc::cancelled, "the queue entry was cancelled",
                               "", "", 0, 0});
        i = calls_.erase(i);
      } else if (!given) {
        // One call gets the lock; equal ones wait for its outcome.
        given = true;
        const auto& lock = change.held ? *change.held : *change.beside;
        say(i->to, acquire_answer{acquire_outcome::granted, lock, {}});
        i = calls_.erase(i);
      } else {
        i->entry = {};
        i->work = entry.work;
        ++i;
      }
    }
    std::erase_if(watches_, [&](auto& call) {
      if (call.entry != entry.id)
        return false;
      say(call.to, view(entry));
      return true;
    });
  }
  if (const auto& ended = change.any_ended(); ended && ended->entry)
    tell_finished(ended->entry);
}

/// Those who watch an entry whose lock has ended. The entry may have to be
/// read: a store that cannot be read is theirs alone to hear of.
void lock_owner::tell_finished(entry_id id) {
  std::vector<watch_call> told;
  auto theirs = [&](const auto& call) { return call.entry == id; };
  std::ranges::copy_if(watches_, std::back_inserter(told), theirs);
  std::erase_if(watches_, theirs);
  for (auto& call : told)
    try {
      say(call.to, view(find_entry(id).value()));
    } catch (const std::exception& e) {
      refuse(call.to, {errc::storage_unavailable, e.what(), "", "", 0, 1000});
    }
}

void lock_owner::say(promise to, caf::message what) {
  answer a{std::move(to), std::move(what)};
  if (pending_.empty())
    deliver(a);
  else
    pending_.back().answers.push_back(std::move(a));
}

void lock_owner::refuse(promise to, problem why) {
  if (why.code == errc::stale_lock)
    around_->counted.stale_token();
  say(std::move(to), caf::make_message(make_error(std::move(why))));
}

void lock_owner::deliver(answer& a) {
  around_->in_flight.fetch_sub(1);
  count(a.what);
  a.to.deliver(std::move(a.what));
}

// Asked in the very message that changes the lock, by the one actor that may:
// the holder cannot become another between question and act. A lock has the
// same owner all its life, so one that has ended is judged by its last record.
std::optional<problem> lock_owner::foreign_lock(const std::string& bound_to,
                                                lock_id id) const {
  if (bound_to.empty())
    return std::nullopt;
  if (state_.holder && state_.holder->id == id)
    return foreign(bound_to, state_.holder->work);
  auto ended = find_ended(id);
  return ended ? foreign(bound_to, ended->work) : std::nullopt;
}

std::optional<lock_record> lock_owner::find_ended(lock_id id) const {
  for (auto p = pending_.rbegin(); p != pending_.rend(); ++p)
    if (const auto& ended = p->change.any_ended(); ended && ended->id == id)
      return ended;
  auto from = around_->db.read();
  auto row = from->get(table::history, number_key(id.number));
  if (!row)
    return std::nullopt;
  auto lock = decode_lock(*row);
  if (lock.id != id)
    return std::nullopt;
  return lock;
}

std::optional<outcome_record>
lock_owner::find_outcome(const std::string& key) const {
  if (key.empty())
    return std::nullopt;
  for (auto p = pending_.rbegin(); p != pending_.rend(); ++p)
    for (const auto& outcome : p->change.outcomes)
      if (outcome.idempotency_key == key)
        return outcome;
  auto from = around_->db.read();
  auto row =
      from->get(table::outcomes, outcome_key(state_.resource, key_digest(key)));
  if (!row)
    return std::nullopt;
  return decode_outcome(*row);
}

std::optional<entry_record> lock_owner::find_entry(entry_id id) const {
  if (const auto* waiting = state_.waiters.find(id))
    return *waiting;
  for (auto p = pending_.rbegin(); p != pending_.rend(); ++p)
    for (const auto& entry : p->change.left)
      if (entry.id == id)
        return entry;
  auto from = around_->db.read();
  auto row = from->get(table::entries, number_key(id.number));
  if (!row)
    return std::nullopt;
  auto entry = decode_entry(*row);
  if (entry.id != id)
    return std::nullopt;
  return entry;
}

std::optional<dead_letter>
lock_owner::find_dead_letter(dead_letter_id id) const {
  for (auto p = pending_.rbegin(); p != pending_.rend(); ++p) {
    if (p->change.revived && p->change.revived->id == id)
      return std::nullopt;
    for (const auto& letter : p->change.dead)
      if (letter.id == id)
        return letter;
  }
  auto from = around_->db.read();
  auto row = from->get(table::dead_letters, number_key(id.number));
  if (!row)
    return std::nullopt;
  auto letter = decode_dead_letter(*row);
  if (letter.id != id)
    return std::nullopt;
  return letter;
}

entry_view lock_owner::view(const entry_record& entry) const {
  entry_view result;
  result.record = entry;
  if (entry.status == entry_status::waiting)
    result.position = state_.waiters.position(entry.id);
  if (!entry.granted)
    return result;
  result.has_lock = true;
  if (const auto* flight = state_.find_flight(entry.granted)) {
    result.lock = *flight;
  } else {
    result.record.status = entry_status::finished;
    auto ended = find_ended(entry.granted);
    result.has_lock = ended.has_value();
    if (ended)
      result.lock = *std::move(ended);
  }
  return result;
}

std::optional<flight_joiner> lock_owner::best_joiner() const {
  if (!state_.holder)
    return std::nullopt;
  return best_joiner(state_.holder->work.idempotency_key);
}

std::optional<flight_joiner>
lock_owner::best_joiner(const std::string& key) const {
  auto before = [](const wait_call& a, const wait_call& b) {
    return a.work.priority < b.work.priority ||
           (a.work.priority == b.work.priority && a.number < b.number);
  };
  const wait_call* best = nullptr;
  for (const auto& call : calls_)
    if (!call.entry && call.work.idempotency_key == key &&
        (!best || before(call, *best)))
      best = &call;
  if (!best)
    return std::nullopt;
  return flight_joiner{best->work, best->number};
}

bool lock_owner::quiet() const {
  auto works = [](const lock_record& flight) {
    return !flight.work.task.empty() && flight.status == lock_status::active;
  };
  return pending_.empty() && calls_.empty() && watches_.empty() &&
         trade_watches_.empty() && reports_.empty() &&
         !(state_.holder && works(*state_.holder)) &&
         std::ranges::none_of(state_.beside, works);
}

} // namespace holdfast
