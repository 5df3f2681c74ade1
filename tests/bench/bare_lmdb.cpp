#include "bench/bare_lmdb.hpp"

#include "bench/decisions.hpp"
#include "node/load/measure.hpp"
#include "storage/records.hpp"

#include <lmdb.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace holdfast::bench {

namespace {

/// Feeds the decisions to `commit` in batches whose mean is the measured one.
template <class Commit>
bare_figures timed(const yardstick& y, Commit commit) {
  counter ids;
  decisions source{y.what, ids};
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
