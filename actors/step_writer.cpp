#include "actors/step_writer.hpp"

#include "rules/idempotency.hpp"
#include "storage/records.hpp"

#include <algorithm>

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

bool open(const effect_record& x) {
  return x.state != effect_state::done && x.state != effect_state::failed;
}

/// Whether the outbox is not empty after this.
bool messages_left(const resource_state& before, const transition& change) {
  if (std::ranges::any_of(change.messages, open))
    return true;
  return std::ranges::any_of(before.outbox, [&](const auto& x) {
    return std::ranges::find(change.messages, x.id, &effect_record::id) ==
           change.messages.end();
  });
}

void write_resource(writer& out, const resource_state& before,
                    const transition& change) {
  auto holder = change.held                      ? change.held->id.number
                : before.holder && !change.ended ? before.holder->id.number
                                                 : 0;
  auto beside = before.beside.size() + (change.beside ? 1 : 0) >
                (change.beside_ended ? 1U : 0U);
  if (holder != 0 || beside || messages_left(before, change))
    out.put(table::resources, before.resource,
            encode(resource_record{change.version, holder}));
  else if (before.version != 0)
    out.erase(table::resources, before.resource);
}

/// Emergencies, effects and trades.
void write_work(writer& out, const transition& change) {
  if (change.beside)
    out.put(table::beside, number_key(change.beside->id.number),
            encode(*change.beside));
  if (change.beside_ended) {
    auto key = number_key(change.beside_ended->id.number);
    out.erase(table::beside, key);
    out.put(table::history, key, encode(*change.beside_ended));
  }
  if (change.effect)
    out.put(table::effects, number_key(change.effect->id.number),
            encode(*change.effect));
  for (const auto& trade : change.trades)
    out.put(table::trades, number_key(trade.id.number), encode(trade));
}

/// A position and its messages.
void write_position(writer& out, const resource_state& before,
                    const transition& change) {
  if (change.position) {
    const auto& x = *change.position;
    out.put(table::positions, number_key(x.signal.number), encode(x));
    if (!before.position || before.position->open != x.open ||
        before.position->signal != x.signal)
      out.put(table::position_index, x.resource,
              encode(position_ref{x.signal.number, x.open}));
  }
  for (const auto& message : change.messages) {
    out.put(table::effects, number_key(message.id.number), encode(message));
    auto key = outbox_key(message.resource, message.id.number);
    channel of{};
    channel_of(message.kind, of);
    auto waits = std::ranges::find(before.outbox, message.id,
                                   &effect_record::id) != before.outbox.end();
    if (open(message) && !waits)
      out.put(table::outbox, std::move(key), encode_channel(of));
    else if (!open(message))
      out.erase(table::outbox, std::move(key));
  }
}

/// Those that fire are in the store.
void write_alert(writer& out, const alert_state& x) {
  auto key = alert_resource(x.which);
  if (x.firing)
    out.put(table::meta, std::move(key), encode(x));
  else
    out.erase(table::meta, std::move(key));
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
  write_work(out, change);
  write_position(out, before, change);
  if (change.alert)
    write_alert(out, *change.alert);
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

namespace {

lock_record read_holder(const snapshot& from, const std::string& resource,
                        std::uint64_t number) {
  auto lock = from.get(table::locks, number_key(number));
  if (!lock)
    throw storage_error{storage_errc::corrupt,
                        "resource '" + resource + "' is held by lock " +
                            std::to_string(number) +
                            ", which is not in the table of locks"};
  return decode_lock(*lock);
}

void read_effect(const snapshot& from, const lock_record& flight,
                 resource_state& state) {
  if (!flight.effect)
    return;
  auto row = from.get(table::effects, number_key(flight.effect.number));
  if (!row)
    throw storage_error{storage_errc::corrupt,
                        to_string(flight.effect) + " of " +
                            to_string(flight.id) +
                            " is not in the table of effects"};
  state.effects.push_back(decode_effect(*row));
}

/// A position, whether anything works on it or not.
void read_position(const snapshot& from, resource_state& state) {
  if (!state.resource.starts_with("position:"))
    return;
  auto ref = from.get(table::position_index, state.resource);
  if (!ref)
    return;
  auto number = decode_position_ref(*ref).number;
  auto row = from.get(table::positions, number_key(number));
  if (!row)
    throw storage_error{storage_errc::corrupt,
                        "position " + std::to_string(number) +
                            " is in the index, but not in the table of "
                            "positions"};
  state.position = decode_position(*row);
}

void read_outbox(const snapshot& from, resource_state& state) {
  auto prefix = waiter_prefix(state.resource);
  from.scan(table::outbox, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix))
      return false;
    auto number = parse_outbox_key(key).number;
    auto row = from.get(table::effects, number_key(number));
    if (!row)
      throw storage_error{storage_errc::corrupt,
                          "message " + std::to_string(number) +
                              " is in the outbox, but not in the table of "
                              "effects"};
    state.outbox.push_back(decode_effect(*row));
    return true;
  });
}

} // namespace

resource_state read_resource(const snapshot& from,
                             const std::string& resource) {
  resource_state state;
  state.resource = resource;
  read_position(from, state);
  auto row = from.get(table::resources, resource);
  if (!row)
    return state;
  auto record = decode_resource(*row);
  state.version = record.version;
  if (record.holder != 0)
    state.holder = read_holder(from, resource, record.holder);
  from.scan(table::beside, {}, [&](std::string_view, std::string_view row) {
    if (lock_resource(row) == resource)
      state.beside.push_back(decode_lock(row));
    return true;
  });
  if (state.holder)
    read_effect(from, *state.holder, state);
  for (const auto& flight : state.beside)
    read_effect(from, flight, state);
  read_outbox(from, state);
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
