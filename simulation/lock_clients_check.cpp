#include "simulation/lock_clients.hpp"
#include "storage/records.hpp"

namespace holdfast::simulation {

void lock_clients::look() {
  for (; asks_seen_ < plan_->asked.size(); ++asks_seen_)
    asked(plan_->asked[asks_seen_]);
  if (answers_seen_ == world_.answers())
    return;
  answers_seen_ = world_.answers();
  std::erase_if(calls_, [&](const auto& call) {
    if (call.answer->ok())
      heard(call.cmd, **call.answer);
    return !call.answer->pending();
  });
  std::erase_if(ends_, [&](const auto& end) {
    if (end.answer->ok() && !(*end.answer)->holds())
      ended(**end.answer, end.success);
    return !end.answer->pending();
  });
  std::erase_if(cancels_, [&](const auto& cancel) {
    if (cancel.answer->ok())
      cancelled_.insert(cancel.entry.number);
    return !cancel.answer->pending();
  });
  std::erase_if(open_, [](const auto& pending) { return !pending(); });
}

void lock_clients::heard(const acquire_lock& cmd,
                         const acquire_answer& answer) {
  const auto& lock = answer.lock;
  switch (answer.outcome) {
  case acquire_outcome::granted:
    if (!granted_.insert(lock.token()).second)
      world_.blame("lock " + to_string(lock.id) + " was given to two calls");
    if (!on_disk(lock.id))
      world_.blame("told of a grant that is not on the disk: " +
                   to_string(lock.id));
    locks_.push_back(lock);
    break;
  case acquire_outcome::queued:
    entries_.push_back(answer.entry.record.id);
    if (!world_.disk().read()->get(table::entries,
                                   number_key(answer.entry.record.id.number)))
      world_.blame("told of an entry that is not on the disk: " +
                   to_string(answer.entry.record.id));
    break;
  case acquire_outcome::replayed:
    if (lock.status != lock_status::released)
      world_.blame("replayed a lock that did not succeed: " +
                   to_string(lock.id));
    if (lock.work.idempotency_key != cmd.idempotency_key)
      world_.blame("replayed the outcome of another key: " +
                   to_string(lock.id));
    note_outcome(lock);
  }
}

void lock_clients::ended(const lock_record& told, std::optional<bool> success) {
  auto expected = success.value_or(told.status == lock_status::released);
  if (expected != (told.status == lock_status::released))
    world_.blame("a client said how " + to_string(told.id) +
                 " ended, and heard of another end");
  ended_[told.token()] = told;
  auto row = on_disk(told.id);
  if (!row || row->holds())
    world_.blame("told of an end that is not on the disk: " +
                 to_string(told.id));
  if (told.status == lock_status::released)
    note_outcome(told);
}

/// An attempt is on the disk before anybody works on it, and asked for again
/// only with a warning.
void lock_clients::asked(const run_task& what) {
  auto row = on_disk(what.lock.id);
  if (!row || row->attempts < what.lock.attempts)
    world_.blame("a task of " + to_string(what.lock.id) +
                 " began before its intent was durable");
  auto& times = attempts_[{what.lock.token(), what.lock.attempts}];
  if (++times > 1 && !what.recovered)
    world_.blame("an attempt of " + to_string(what.lock.id) +
                 " was made twice without being called recovered");
  if (what.lock.attempts > 1 &&
      !attempts_.contains({what.lock.token(), what.lock.attempts - 1}))
    world_.blame("an attempt of " + to_string(what.lock.id) + " was left out");
}

void lock_clients::note_outcome(const lock_record& lock) {
  if (lock.work.idempotency_key.empty())
    return;
  auto key = lock.work.resource + '/' + lock.work.idempotency_key;
  auto [i, fresh] = outcomes_.try_emplace(key, lock.token(), lock.result);
  if (!fresh && i->second != std::pair{lock.token(), lock.result})
    world_.blame("two outcomes for " + key);
}

std::optional<lock_record> lock_clients::on_disk(lock_id id) const {
  auto from = world_.disk().read();
  for (auto t : {table::locks, table::history})
    if (auto row = from->get(t, number_key(id.number)))
      return decode_lock(*row);
  return std::nullopt;
}

void lock_clients::judge() {
  auto from = world_.disk().read();
  for (auto token : granted_)
    if (!from->get(table::history, number_key(token)))
      world_.blame("acknowledged lock " + std::to_string(token) + " is lost");
  for (const auto& [token, told] : ended_) {
    auto row = on_disk(told.id);
    if (!row || row->status != told.status || row->result != told.result ||
        row->error != told.error)
      world_.blame("the end of " + to_string(told.id) +
                   " is another than was told");
  }
  for (auto id : entries_)
    judge_entry(id);
}

void lock_clients::judge_entry(entry_id id) const {
  auto from = world_.disk().read();
  auto row = from->get(table::entries, number_key(id.number));
  if (!row)
    return world_.blame("acknowledged entry " + to_string(id) + " is lost");
  auto status = decode_entry(*row).status;
  if (cancelled_.contains(id.number) && status != entry_status::cancelled)
    world_.blame("a cancelled entry was served: " + to_string(id));
  else if (status == entry_status::waiting)
    world_.blame("an entry waits for ever: " + to_string(id));
}

std::vector<lock_id> lock_clients::my_doubts() const {
  std::vector<lock_id> ids;
  each_row(table::in_doubt, [&](std::uint64_t number, std::string_view) {
    lock_id id{world_.disk().tag(), number};
    if (auto lock = on_disk(id); lock && lock->work.task == executor_name)
      ids.push_back(id);
  });
  return ids;
}

} // namespace holdfast::simulation
