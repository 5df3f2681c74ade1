#include "one_resource.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

namespace holdfast::test {

namespace {

bool ends(event_kind kind) {
  return kind == event_kind::released || kind == event_kind::failed ||
         kind == event_kind::expired || kind == event_kind::force_released;
}

long count_events(const transition& step, event_kind kind, lock_id lock) {
  return std::ranges::count_if(step.events, [&](const journal_event& e) {
    return e.kind == kind && e.lock == lock;
  });
}

} // namespace

one_resource::one_resource() { state.resource = "r"; }

circumstances one_resource::at() { return {now, ids, limits, 7, 1}; }

std::optional<outcome_record> one_resource::last(const std::string& key) const {
  auto i = outcomes.find(key);
  return i == outcomes.end() ? std::nullopt : std::optional{i->second};
}

std::optional<lock_record> one_resource::ended_lock(lock_id id) const {
  auto i = ended.find(id.number);
  return i == ended.end() ? std::nullopt : std::optional{i->second};
}

void one_resource::take(const transition& step) {
  check_step(step);
  apply(state, step);
  check_state();
  for (const auto& outcome : step.outcomes)
    outcomes[outcome.idempotency_key] = outcome;
  if (step.ended && !ended.emplace(step.ended->token(), *step.ended).second)
    fault = "a lock ended twice";
  if (step.revived && std::erase_if(letters, [&](const dead_letter& l) {
                        return l.id == step.revived->id;
                      }) != 1)
    fault = "a dead letter was revived twice";
  letters.insert(letters.end(), step.dead.begin(), step.dead.end());
  journal.insert(journal.end(), step.events.begin(), step.events.end());
}

void one_resource::check_step(const transition& step) {
  if (step.base != state.version)
    fault = "decided upon another version than the current one";
  if (!versions_.insert(step.version).second)
    fault = "a version was given twice";
  auto fresh =
      step.held && (!state.holder || step.held->id != state.holder->id);
  if (fresh && step.held->token() <= last_token_)
    fault = "a token that is not larger than all before";
  if (fresh && !ids.tokens.contains(step.held->token()))
    fault = "a token that others may overtake on the way to the store";
  if (fresh && state.holder && !step.ended)
    fault = "two holders";
  if (fresh)
    last_token_ = step.held->token();
  long granted = 0;
  long ended_events = 0;
  for (const auto& e : step.events) {
    granted += e.kind == event_kind::granted;
    ended_events += ends(e.kind);
    if (e.resource != state.resource || e.at_ms != now.wall_ms)
      fault = "an event of another resource or time";
  }
  if (granted != (fresh ? 1 : 0) ||
      (fresh && count_events(step, event_kind::granted, step.held->id) != 1))
    fault = "the journal does not tell of the grant";
  if (ended_events != (step.ended ? 1 : 0))
    fault = "the journal does not tell of the end";
  if (step.ended && (!state.holder || step.ended->id != state.holder->id))
    fault = "a lock ended that did not hold";
  if (step.ended && step.ended->holds())
    fault = "a lock ended, and holds";
}

void one_resource::check_state() {
  if (!state.holder && !state.waiters.empty())
    fault = "somebody waits for a free resource";
  std::set<std::string> keys;
  auto place = [&](const std::string& key) {
    if (!key.empty() && !keys.insert(key).second)
      fault = "one key has two places";
  };
  if (state.holder)
    place(state.holder->work.idempotency_key);
  for (const auto& [rank, entry] : state.waiters)
    place(entry.work.idempotency_key);
}

lock_record one_resource::grant(const acquire_request& cmd) {
  auto how = acquire(cmd);
  auto* step = std::get_if<transition>(&how);
  if (!step || !step->held)
    throw std::runtime_error{"not granted"};
  return *step->held;
}

entry_record one_resource::enqueue(const acquire_request& cmd) {
  auto how = acquire(cmd);
  auto* step = std::get_if<transition>(&how);
  if (!step || step->queued.empty())
    throw std::runtime_error{"not queued"};
  return step->queued.front();
}

acquire_decision one_resource::acquire(const acquire_request& cmd) {
  auto how = decide_acquire(state, cmd, last(cmd.work.idempotency_key), at());
  if (auto* step = std::get_if<transition>(&how))
    take(*step);
  return how;
}

release_decision
one_resource::release(const release_lock& cmd,
                      const std::optional<flight_joiner>& joiner) {
  auto how = decide_release(state, cmd, ended_lock(cmd.id), joiner, at());
  if (auto* step = std::get_if<transition>(&how))
    take(*step);
  return how;
}

void one_resource::pass(std::int64_t ms) {
  now.boot_us += ms * 1000;
  now.wall_ms += ms;
}

std::vector<event_kind> one_resource::kinds() const {
  std::vector<event_kind> result;
  for (const auto& e : journal)
    result.push_back(e.kind);
  return result;
}

acquire_request ask(const std::string& owner, const std::string& key,
                    std::uint8_t priority) {
  acquire_request cmd;
  cmd.work.resource = "r";
  cmd.work.owner_id = owner;
  cmd.work.idempotency_key = key;
  cmd.work.fingerprint[0] = static_cast<std::uint8_t>(owner.front());
  cmd.work.priority = priority;
  cmd.work.timeout_ms = 30'000;
  cmd.work.max_retries = 1;
  return cmd;
}

release_lock success(const lock_record& lock, std::string result) {
  return {"r", lock.id, lock.token(), false, std::move(result), {}};
}

release_lock failure(const lock_record& lock, std::string error) {
  return {"r", lock.id, lock.token(), true, {}, std::move(error)};
}

acquire_request reject(acquire_request cmd) {
  cmd.otherwise = when_locked::reject;
  return cmd;
}

acquire_request waits(acquire_request cmd) {
  cmd.otherwise = when_locked::wait;
  return cmd;
}

acquire_request job(acquire_request cmd) {
  cmd.work.task = "work";
  return cmd;
}

const problem& why(const acquire_decision& how) {
  return std::get<problem>(how);
}

checked_resource::~checked_resource() { CHECK(fault == ""); }

} // namespace holdfast::test
