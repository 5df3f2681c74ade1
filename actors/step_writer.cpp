#include "actors/step_writer.hpp"

#include "rules/idempotency.hpp"
#include "storage/records.hpp"

namespace holdfast {

namespace {

class writer {
public:
  explicit writer(step& s) : step_(s) {}
  void put(table t, std::string key, std::string value) {
    step_.writes.push_back({t, std::move(key), std::move(value)});
  }
  void erase(table t, std::string key) {
    step_.writes.push_back({t, std::move(key), std::nullopt});
  }

private:
  step& step_;
};

void write_locks(writer& out, const resource_state& before,
                 const transition& change) {
  auto was_in_doubt =
      before.holder && before.holder->status == lock_status::in_doubt;
  if (change.ended) {
    auto key = number_key(change.ended->id.number);
    out.erase(table::locks, key);
    if (was_in_doubt)
      out.erase(table::in_doubt, key);
    out.put(table::history, key, encode(*change.ended));
  }
  if (change.held) {
    auto key = number_key(change.held->id.number);
    if (change.held->status == lock_status::in_doubt)
      out.put(table::in_doubt, key, {});
    else if (was_in_doubt && !change.ended)
      out.erase(table::in_doubt, key);
    out.put(table::locks, key, encode(*change.held));
  }
}

void write_resource(writer& out, const resource_state& before,
                    const transition& change) {
  auto holder = change.held                      ? change.held->id.number
                : before.holder && !change.ended ? before.holder->id.number
                                                 : 0;
  if (holder != 0)
    out.put(table::resources, before.resource,
            encode(resource_record{change.version, holder}));
  else if (before.version != 0)
    out.erase(table::resources, before.resource);
}

std::string key_of(const entry_record& entry) {
  return waiter_key(entry.work.resource, entry.work.priority, entry.id.number);
}

} // namespace

step to_step(const resource_state& before, const transition& change) {
  step result;
  result.resource = before.resource;
  result.base = change.base;
  result.max_id = change.version;
  // Enough for most: a grant has two writes, an end with its outcome four.
  result.writes.reserve(4);
  result.events.reserve(change.events.size());
  writer out{result};
  write_resource(out, before, change);
  write_locks(out, before, change);
  for (const auto& entry : change.queued) {
    out.put(table::entries, number_key(entry.id.number), encode(entry));
    out.put(table::waiters, key_of(entry), encode_lasting(entry.lasting));
  }
  for (const auto& entry : change.left) {
    out.put(table::entries, number_key(entry.id.number), encode(entry));
    // One that was queued and granted at once has never stood in the queue.
    if (before.waiters.find(entry.id))
      out.erase(table::waiters, key_of(entry));
  }
  for (const auto& outcome : change.outcomes)
    out.put(table::outcomes,
            outcome_key(outcome.resource, key_digest(outcome.idempotency_key)),
            encode(outcome));
  for (const auto& letter : change.dead)
    out.put(table::dead_letters, number_key(letter.id.number), encode(letter));
  if (change.revived)
    out.erase(table::dead_letters, number_key(change.revived->id.number));
  for (const auto& event : change.events)
    result.events.push_back(encode(event));
  return result;
}

resource_state read_resource(const snapshot& from,
                             const std::string& resource) {
  resource_state state;
  state.resource = resource;
  auto row = from.get(table::resources, resource);
  if (!row)
    return state;
  auto record = decode_resource(*row);
  state.version = record.version;
  auto lock = from.get(table::locks, number_key(record.holder));
  if (!lock)
    throw storage_error{storage_errc::corrupt,
                        "resource '" + resource + "' is held by lock " +
                            std::to_string(record.holder) +
                            ", which is not in the table of locks"};
  state.holder = decode_lock(*lock);
  auto prefix = waiter_prefix(resource);
  from.scan(table::waiters, prefix,
            [&](std::string_view key, std::string_view) {
              if (!key.starts_with(prefix))
                return false;
              auto number = parse_waiter_key(key).number;
              auto entry = from.get(table::entries, number_key(number));
              if (!entry)
                throw storage_error{storage_errc::corrupt,
                                    "entry " + std::to_string(number) +
                                        " waits, but is not in the table of "
                                        "entries"};
              state.waiters.put(decode_entry(*entry));
              return true;
            });
  return state;
}

} // namespace holdfast
