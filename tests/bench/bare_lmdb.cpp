#include "bench/bare_lmdb.hpp"

#include "actors/step_writer.hpp"
#include "engine/system_time.hpp"
#include "node/load/measure.hpp"
#include "rules/idempotency.hpp"
#include "storage/records.hpp"

#include <lmdb.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace holdfast::bench {

namespace {

class counter : public id_source {
public:
  std::uint64_t next() override { return ++last_; }
  std::uint64_t next_token() override { return ++last_; }

private:
  std::uint64_t last_ = 0;
};

/// Makes the decisions that an engine makes under the same load: each client
/// in turn acquires its resource, and releases it when its turn comes again.
class decisions {
public:
  explicit decisions(const workload& what)
      : what_(what), time_(make_system_time()) {
    states_.resize(what.one_key ? 1 : what.outstanding);
    sent_.resize(what.outstanding);
    for (std::size_t i = 0; i < states_.size(); ++i)
      states_[i].resource = acquire_of(what, i, 0).resource;
  }

  step next() { return what_.one_key ? next_shared() : next_own(); }

private:
  step next_own() {
    auto client = turn_++ % states_.size();
    auto& state = states_[client];
    return state.holder ? release(state) : acquire(state, client);
  }

  /// Everybody queues; then whoever holds leaves and queues again, for ever.
  step next_shared() {
    auto& state = states_.front();
    if (turn_ < what_.outstanding)
      return acquire(state, turn_++);
    left_ = !left_;
    return left_ ? release(state)
                 : acquire(state, leaver_++ % what_.outstanding);
  }

  step acquire(resource_state& state, std::size_t client) {
    auto cmd = acquire_of(what_, client, sent_[client]++);
    auto checked = prepare(cmd, limits_);
    acquire_request request{std::get<prepared>(std::move(checked)).work,
                            cmd.otherwise};
    return take(state, std::get<transition>(decide_acquire(
                           state, request, std::nullopt, now())));
  }

  step release(resource_state& state) {
    release_lock cmd;
    cmd.resource = state.resource;
    cmd.id = state.holder->id;
    cmd.token = state.holder->token();
    return take(state, std::get<transition>(decide_release(
                           state, cmd, std::nullopt, std::nullopt, now())));
  }

  step take(resource_state& state, const transition& change) {
    auto what = to_step(state, change);
    apply(state, change);
    return what;
  }

  circumstances now() {
    return {time_->now(), ids_, limits_, 1, time_->boot_id()};
  }

  const workload what_;
  std::shared_ptr<const time_source> time_;
  lock_limits limits_;
  counter ids_;
  std::vector<resource_state> states_;
  std::vector<std::uint64_t> sent_; ///< acquires of each client
  std::size_t turn_ = 0;
  std::size_t leaver_ = 0; ///< who leaves the shared resource next
  bool left_ = false;      ///< and has not queued again
};

/// Feeds the decisions to `commit` in batches whose mean is the measured one.
template <class Commit>
bare_figures timed(const yardstick& y, Commit commit) {
  decisions source{y.what};
  bare_figures spent;
  auto due = 0.0;
  for (auto left = 2 * y.cycles; left > 0;) {
    due += y.ops_per_commit;
    auto size =
        std::clamp<std::uint64_t>(static_cast<std::uint64_t>(due), 1, left);
    due -= static_cast<double>(size);
    left -= size;
    std::vector<step> batch;
    batch.reserve(size);
    while (batch.size() < size)
      batch.push_back(source.next());
    auto begin = clock::now();
    auto cpu = thread_cpu_seconds();
    commit(batch);
    spent.cpu_seconds += thread_cpu_seconds() - cpu;
    spent.seconds += seconds(clock::now() - begin);
  }
  return spent;
}

void check(int code) {
  if (code != MDB_SUCCESS)
    throw std::runtime_error{std::string{"LMDB: "} + mdb_strerror(code)};
}

MDB_val to_val(std::string_view x) {
  return {x.size(), const_cast<char*>(x.data())};
}

/// An LMDB environment with the tables of a store and nothing else.
class plain_lmdb {
public:
  explicit plain_lmdb(const lmdb_options& where) {
    check(mdb_env_create(&env_));
    check(mdb_env_set_maxdbs(env_, table_count));
    check(mdb_env_set_mapsize(env_, where.map_bytes));
    check(mdb_env_open(env_, where.directory.c_str(), MDB_NOTLS, 0640));
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, 0, &txn));
    for (std::size_t i = 0; i < table_count; ++i)
      check(mdb_dbi_open(txn,
                         std::string{to_string(static_cast<table>(i))}.c_str(),
                         MDB_CREATE, &dbis_[i]));
    check(mdb_txn_commit(txn));
  }
  ~plain_lmdb() { mdb_env_close(env_); }
  plain_lmdb(const plain_lmdb&) = delete;
  plain_lmdb& operator=(const plain_lmdb&) = delete;

  void commit(const std::vector<step>& steps) {
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, 0, &txn));
    for (const auto& s : steps) {
      for (const auto& w : s.writes)
        if (w.value)
          put(txn, w.where, w.key, *w.value, 0);
        else
          erase(txn, w.where, w.key);
      for (const auto& event : s.events)
        put(txn, table::journal, number_key(++seq_), event, MDB_APPEND);
    }
    put(txn, table::meta, "last_id", number_key(steps.back().max_id), 0);
    check(mdb_txn_commit(txn));
  }

private:
  void put(MDB_txn* txn, table t, std::string_view key, std::string_view value,
           unsigned flags) {
    auto k = to_val(key);
    auto v = to_val(value);
    check(mdb_put(txn, dbis_[static_cast<std::size_t>(t)], &k, &v, flags));
  }
  void erase(MDB_txn* txn, table t, std::string_view key) {
    auto k = to_val(key);
    check(mdb_del(txn, dbis_[static_cast<std::size_t>(t)], &k, nullptr));
  }

  MDB_env* env_ = nullptr;
  std::array<MDB_dbi, table_count> dbis_{};
  std::uint64_t seq_ = 0;
};

} // namespace

bare_figures commit_through_store(const yardstick& y) {
  auto db = open_lmdb_store(y.where);
  return timed(y, [&](const std::vector<step>& batch) {
    for (auto result : db->commit(batch))
      if (result != commit_result::committed)
        throw std::runtime_error{"a decision of the yardstick was refused"};
  });
}

bare_figures commit_plainly(const yardstick& y) {
  plain_lmdb db{y.where};
  return timed(y, [&](const auto& batch) { db.commit(batch); });
}

} // namespace holdfast::bench
