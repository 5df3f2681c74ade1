// Builds the records and steps that the tests of storage share.
// Must not know CAF or the rules.
#include "sample.hpp"

#include "storage/outcome_hash.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace holdfast::sample {

temp_dir::temp_dir() {
  auto pattern =
      (std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string();
  if (!mkdtemp(pattern.data()))
    throw std::runtime_error("no temporary directory");
  path_ = pattern;
}

temp_dir::~temp_dir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string sha256_key(std::string_view resource, std::string_view key) {
  return storage_impl::outcome_key_of(resource, key);
}

transaction work(const std::string& resource, const std::string& key) {
  transaction x;
  x.resource = resource;
  x.owner_id = "bot-1";
  x.data = R"({"symbol":"BTCUSDT","quantity":"0.001"})";
  x.idempotency_key = key;
  x.timeout_ms = 30'000;
  for (std::size_t i = 0; i < x.fingerprint.size(); ++i)
    x.fingerprint[i] = static_cast<std::uint8_t>(i + key.size());
  return x;
}

write put(table t, std::string key, std::string value) {
  return {t, std::move(key), std::move(value)};
}

write gone(table t, std::string key) {
  return {t, std::move(key), std::nullopt};
}

step plain(std::vector<write> writes) {
  step s;
  s.writes = std::move(writes);
  return s;
}

std::vector<std::string> rows_of(const store& s, table t) {
  std::vector<std::string> rows;
  s.read()->scan(t, {}, [&](auto key, auto value) {
    rows.emplace_back(key);
    rows.emplace_back(value);
    return true;
  });
  return rows;
}

step world::start(const std::string& resource) {
  step s;
  s.resource = resource;
  s.base = state_[resource].version;
  return s;
}

void world::finish(step& s, const std::string& resource) {
  auto& state = state_[resource];
  if (state.holder.id) {
    state.version = ++last_id_;
    s.writes.push_back(
        put(table::resources, resource,
            encode(resource_record{state.version, state.holder.id.number})));
  } else {
    state.version = 0;
    s.writes.push_back(gone(table::resources, resource));
  }
  s.max_id = last_id_;
}

void world::tell(step& s, event_kind kind, const transaction& w, lock_id lock) {
  s.events.push_back(encode(
      journal_event{0, now_ms, kind, w.resource, lock, w.owner_id, {}, {}}));
}

void world::hold(step& s, const transaction& w, entry_id entry) {
  lock_record lock;
  lock.id = {tag_, ++last_id_};
  lock.work = w;
  lock.acquired_at_ms = now_ms;
  lock.expires_at_ms = now_ms + w.timeout_ms;
  lock.entry = entry;
  s.writes.push_back(
      put(table::locks, number_key(lock.id.number), encode(lock)));
  tell(s, event_kind::granted, w, lock.id);
  state_[w.resource].holder = lock;
}

step world::grant(const std::string& resource, const std::string& key) {
  auto s = start(resource);
  hold(s, work(resource, key), {});
  finish(s, resource);
  return s;
}

step world::enqueue(const std::string& resource, const std::string& key) {
  auto s = start(resource);
  entry_record entry;
  entry.id = {tag_, ++last_id_};
  entry.work = work(resource, key);
  entry.queued_at_ms = now_ms;
  s.writes.push_back(
      put(table::waiters,
          waiter_key(resource, entry.work.priority, entry.id.number),
          encode_lasting(entry.lasting)));
  s.writes.push_back(
      put(table::entries, number_key(entry.id.number), encode(entry)));
  tell(s, event_kind::queued, entry.work, {});
  state_[resource].waiters.push_back(entry);
  finish(s, resource);
  return s;
}

step world::release(const std::string& resource) {
  auto s = start(resource);
  auto& state = state_[resource];
  auto lock = state.holder;
  lock.status = lock_status::released;
  lock.released_at_ms = now_ms;
  s.writes.push_back(gone(table::locks, number_key(lock.id.number)));
  s.writes.push_back(gone(table::in_doubt, number_key(lock.id.number)));
  s.writes.push_back(
      put(table::history, number_key(lock.id.number), encode(lock)));
  if (const auto& key = lock.work.idempotency_key; !key.empty())
    s.writes.push_back(
        put(table::outcomes, sha256_key(resource, key),
            encode(outcome_record{resource, key, lock.work.fingerprint,
                                  lock.status, lock.id, now_ms})));
  tell(s, event_kind::released, lock.work, lock.id);
  state.holder = {};
  if (!state.waiters.empty()) {
    auto entry = state.waiters.front();
    state.waiters.erase(state.waiters.begin());
    hold(s, entry.work, entry.id);
    entry.status = entry_status::granted;
    entry.settled_at_ms = now_ms;
    entry.granted = state.holder.id;
    s.writes.push_back(
        gone(table::waiters,
             waiter_key(resource, entry.work.priority, entry.id.number)));
    s.writes.push_back(
        put(table::entries, number_key(entry.id.number), encode(entry)));
  }
  finish(s, resource);
  return s;
}

step world::cancel(const std::string& resource) {
  auto s = start(resource);
  auto& waiters = state_[resource].waiters;
  auto entry = waiters.front();
  waiters.erase(waiters.begin());
  entry.status = entry_status::cancelled;
  entry.settled_at_ms = now_ms;
  s.writes.push_back(
      gone(table::waiters,
           waiter_key(resource, entry.work.priority, entry.id.number)));
  s.writes.push_back(
      put(table::entries, number_key(entry.id.number), encode(entry)));
  if (const auto& key = entry.work.idempotency_key; !key.empty())
    s.writes.push_back(put(table::outcomes, sha256_key(resource, key),
                           encode(outcome_record{resource,
                                                 key,
                                                 entry.work.fingerprint,
                                                 lock_status::force_released,
                                                 {},
                                                 now_ms})));
  tell(s, event_kind::cancelled, entry.work, {});
  finish(s, resource);
  return s;
}

step world::doubt(const std::string& resource) {
  auto s = start(resource);
  auto& lock = state_[resource].holder;
  lock.status = lock_status::in_doubt;
  s.writes.push_back(
      put(table::locks, number_key(lock.id.number), encode(lock)));
  s.writes.push_back(put(table::in_doubt, number_key(lock.id.number), {}));
  tell(s, event_kind::in_doubt, lock.work, lock.id);
  finish(s, resource);
  return s;
}

step world::bury(const std::string& resource) {
  step s;
  dead_letter x;
  x.id = {tag_, ++last_id_};
  x.kind = "unclaimed";
  x.work = work(resource);
  x.at_ms = now_ms;
  s.writes.push_back(
      put(table::dead_letters, number_key(x.id.number), encode(x)));
  tell(s, event_kind::dead_lettered, x.work, {});
  s.max_id = last_id_;
  return s;
}

} // namespace holdfast::sample
