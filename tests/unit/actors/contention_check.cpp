#include "contention.hpp"
#include "storage/records.hpp"

namespace holdfast::test {

void contention::listen() {
  std::erase_if(calls_, [&](auto& call) {
    if (call.answer->ok())
      heard(call.cmd, **call.answer);
    return !call.answer->pending();
  });
  std::erase_if(ends_, [&](auto& end) {
    if (end.answer->ok() && !(*end.answer)->holds()) {
      const auto& told = **end.answer;
      ended_[told.token()] = told;
      auto row = on_disk(told.id);
      if (!row || row->holds())
        fault_ = "told of an end that is not on the disk";
      if (told.status == lock_status::released)
        note_outcome(told);
    }
    return !end.answer->pending();
  });
  std::erase_if(cancels_, [&](auto& cancel) {
    if (cancel.answer->ok())
      cancelled_.insert(cancel.entry.number);
    return !cancel.answer->pending();
  });
  for (; asks_seen_ < world_.plan->asked.size(); ++asks_seen_)
    asked(world_.plan->asked[asks_seen_]);
}

void contention::heard(const acquire_lock& cmd, const acquire_answer& answer) {
  const auto& lock = answer.lock;
  switch (answer.outcome) {
  case acquire_outcome::granted:
    if (!granted_.insert(lock.token()).second)
      fault_ = "lock " + to_string(lock.id) + " was given to two calls";
    if (!on_disk(lock.id))
      fault_ = "told of a grant that is not on the disk";
    locks_.push_back(lock);
    break;
  case acquire_outcome::queued:
    entries_.push_back(answer.entry.record.id);
    if (!world_.disk().read()->get(table::entries,
                                   number_key(answer.entry.record.id.number)))
      fault_ = "told of an entry that is not on the disk";
    break;
  case acquire_outcome::replayed:
    if (lock.status != lock_status::released)
      fault_ = "replayed a lock that did not succeed";
    if (lock.work.idempotency_key != cmd.idempotency_key)
      fault_ = "replayed the outcome of another key";
    note_outcome(lock);
  }
}

/// An attempt is on the disk before anybody works on it, and asked for again
/// only with a warning.
void contention::asked(const run_task& what) {
  auto row = on_disk(what.lock.id);
  if (!row || row->attempts < what.lock.attempts)
    fault_ = "a task began before its intent was durable";
  auto& times = attempts_[{what.lock.token(), what.lock.attempts}];
  if (++times > 1 && !what.recovered)
    fault_ = "an attempt was made twice without being called recovered";
  if (what.lock.attempts > 1 &&
      !attempts_.contains({what.lock.token(), what.lock.attempts - 1}))
    fault_ = "an attempt was left out";
}

void contention::note_outcome(const lock_record& lock) {
  if (lock.work.idempotency_key.empty())
    return;
  auto key = lock.work.resource + '/' + lock.work.idempotency_key;
  auto [i, fresh] = outcomes_.try_emplace(key, lock.token(), lock.result);
  if (!fresh && i->second != std::pair{lock.token(), lock.result})
    fault_ = "two outcomes for " + key;
}

std::optional<lock_record> contention::on_disk(lock_id id) const {
  auto from = world_.disk().read();
  for (auto t : {table::locks, table::history})
    if (auto row = from->get(t, number_key(id.number)))
      return decode_lock(*row);
  return std::nullopt;
}

void contention::check_rest() {
  auto left = calls_.size() + ends_.size() + cancels_.size();
  for (const auto& pending : open_)
    left += pending() ? 1 : 0;
  if (left != 0)
    fault_ = std::to_string(left) + " requests were never answered";
}

void contention::check_told() {
  if (world_.in_flight() != 0)
    fault_ = std::to_string(world_.in_flight()) + " requests in flight";
  auto from = world_.disk().read();
  if (from->count(table::locks) != 0 || from->count(table::waiters) != 0 ||
      from->count(table::resources) != 0)
    fault_ = "locks or waiters are left though all leases are over";
  for (auto token : granted_)
    if (!from->get(table::history, number_key(token)))
      fault_ = "acknowledged lock " + std::to_string(token) + " is lost";
  for (const auto& [token, told] : ended_) {
    auto row = on_disk(told.id);
    if (!row || row->status != told.status || row->result != told.result ||
        row->error != told.error)
      fault_ = "the end of " + to_string(told.id) + " is another than was told";
  }
  for (auto id : entries_) {
    auto row = from->get(table::entries, number_key(id.number));
    if (!row)
      fault_ = "acknowledged entry " + to_string(id) + " is lost";
    else if (cancelled_.contains(id.number) &&
             decode_entry(*row).status != entry_status::cancelled)
      fault_ = "a cancelled entry was served";
    else if (decode_entry(*row).status == entry_status::waiting)
      fault_ = "an entry waits for ever: " + to_string(id);
  }
}

std::vector<lock_id> contention::in_doubt() const {
  std::vector<lock_id> ids;
  const auto& disk = world_.disk();
  disk.read()->scan(table::in_doubt, {}, [&](std::string_view key, auto) {
    ids.push_back({disk.tag(), key_number(key)});
    return true;
  });
  return ids;
}

std::vector<dead_letter_id> contention::dead_letters() const {
  std::vector<dead_letter_id> ids;
  const auto& disk = world_.disk();
  disk.read()->scan(table::dead_letters, {}, [&](std::string_view key, auto) {
    ids.push_back({disk.tag(), key_number(key)});
    return true;
  });
  return ids;
}

} // namespace holdfast::test
