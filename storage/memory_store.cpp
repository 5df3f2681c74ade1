// The store's contract on top of ordered maps.
// Must not know CAF or the rules.
#include "storage/memory_store.hpp"

#include "storage/purge_plan.hpp"
#include "storage/records.hpp"
#include "storage/store_rules.hpp"

#include <array>
#include <map>
#include <mutex>

namespace holdfast {

using namespace storage_impl;

namespace {

using rows = std::map<std::string, std::string, std::less<>>;

/// One table. Snapshots share the rows; a commit copies them first when a
/// snapshot still looks at them.
using table_rows = std::shared_ptr<rows>;
using all_tables = std::array<table_rows, table_count>;

std::size_t index(table t) { return static_cast<std::size_t>(t); }

/// Bounds the bytes of a store that lives in memory, for `usage` alone.
constexpr std::uint64_t nominal_limit = std::uint64_t{1} << 40;

} // namespace

struct memory_store::state {
  mutable std::mutex mutex;
  all_tables tables;
  std::uint32_t tag = 0;
  std::uint64_t last_id = 0;
  std::uint64_t last_seq = 0;
  std::uint64_t used_bytes = 0;
  std::uint64_t commits = 0;

  const rows& at(table t) const { return *tables[index(t)]; }

  rows& writable(table t) {
    auto& shared = tables[index(t)];
    if (shared.use_count() > 1)
      shared = std::make_shared<rows>(*shared);
    return *shared;
  }

  void put(const write& w) {
    auto& to = writable(w.where);
    if (auto old = to.find(w.key); old != to.end()) {
      used_bytes -= old->first.size() + old->second.size();
      if (!w.value)
        to.erase(old);
      else
        old->second = *w.value;
    } else if (w.value) {
      to.emplace(w.key, *w.value);
    }
    if (w.value)
      used_bytes += w.key.size() + w.value->size();
  }

  bool current(const step& x) const {
    if (x.resource.empty())
      return true;
    const auto& resources = at(table::resources);
    auto found = resources.find(x.resource);
    return x.base == (found == resources.end() ? 0 : version_of(found->second));
  }

  void apply(const step& x) {
    for (const auto& w : x.writes)
      put(w);
    for (const auto& event : x.events)
      put({table::journal, number_key(++last_seq), event});
    if (x.max_id > last_id) {
      last_id = x.max_id;
      put({table::meta, std::string{meta_last_id}, encode_u64(last_id)});
    }
  }
};

namespace {

class memory_snapshot : public snapshot {
public:
  /// `release` drops the tables while no commit runs.
  memory_snapshot(all_tables tables, std::function<void(all_tables&)> release)
      : tables_(std::move(tables)), release_(std::move(release)) {}

  ~memory_snapshot() override { release_(tables_); }

  std::optional<std::string_view> get(table t,
                                      std::string_view key) const override {
    auto found = at(t).find(key);
    if (found == at(t).end())
      return std::nullopt;
    return found->second;
  }

  void scan(table t, std::string_view from, const row_fn& row) const override {
    for (auto i = at(t).lower_bound(from); i != at(t).end(); ++i)
      if (!row(i->first, i->second))
        return;
  }

  void scan_back(table t, std::string_view before,
                 const row_fn& row) const override {
    auto i = before.empty() ? at(t).end() : at(t).lower_bound(before);
    while (i != at(t).begin()) {
      --i;
      if (!row(i->first, i->second))
        return;
    }
  }

  std::uint64_t count(table t) const override { return at(t).size(); }

private:
  const rows& at(table t) const { return *tables_[index(t)]; }

  all_tables tables_;
  std::function<void(all_tables&)> release_;
};

} // namespace

memory_store::memory_store(std::uint32_t tag)
    : state_(std::make_shared<state>()) {
  for (auto& t : state_->tables)
    t = std::make_shared<rows>();
  state_->tag = tag;
  state_->put(
      {table::meta, std::string{meta_format}, encode_u32(store_format)});
  state_->put({table::meta, std::string{meta_tag}, encode_u32(tag)});
  state_->put({table::meta, std::string{meta_last_id}, encode_u64(0)});
}

std::vector<commit_result>
memory_store::commit(const std::vector<step>& steps) {
  std::lock_guard guard{state_->mutex};
  if (steps.empty())
    return {};
  check_steps(steps);
  // Read before anything is written: a damaged version fails the whole call.
  for (const auto& x : steps)
    state_->current(x);
  std::vector<commit_result> results;
  auto changed = false;
  for (const auto& x : steps) {
    auto current = state_->current(x);
    if (current)
      state_->apply(x);
    changed |= current;
    results.push_back(current ? commit_result::committed
                              : commit_result::conflict);
  }
  state_->commits += changed ? 1 : 0;
  return results;
}

purge_result memory_store::purge(const purge_request& what) {
  auto plan = plan_purge(*read(), what);
  std::lock_guard guard{state_->mutex};
  for (const auto& w : plan.erasures)
    state_->put(w);
  return plan.result;
}

void memory_store::probe() {}

std::unique_ptr<snapshot> memory_store::read() const {
  std::lock_guard guard{state_->mutex};
  // The count of who shares a table may only change under the mutex.
  auto release = [keep = state_](all_tables& tables) {
    std::lock_guard guard{keep->mutex};
    tables = {};
  };
  return std::make_unique<memory_snapshot>(state_->tables, release);
}

std::uint64_t memory_store::last_id() const {
  std::lock_guard guard{state_->mutex};
  return state_->last_id;
}

std::uint64_t memory_store::last_seq() const {
  std::lock_guard guard{state_->mutex};
  return state_->last_seq;
}

std::uint32_t memory_store::tag() const { return state_->tag; }

store_usage memory_store::usage() const {
  std::lock_guard guard{state_->mutex};
  return {state_->used_bytes, nominal_limit};
}

void memory_store::copy_to(const std::string& dest) const {
  throw storage_error(storage_errc::io, "cannot copy to " + dest +
                                            ": this store lives in memory");
}

std::uint64_t memory_store::commits() const {
  std::lock_guard guard{state_->mutex};
  return state_->commits;
}

} // namespace holdfast
