#include "bench/scale_fill.hpp"

#include "bench/decisions.hpp"
#include "storage/lmdb_store.hpp"

#include <algorithm>
#include <stdexcept>

namespace holdfast::bench {

namespace {

constexpr std::uint64_t batch_size = 20'000;

/// Commits `count` steps that `next` makes.
template <class F>
void commit(store& db, std::uint64_t count, F next) {
  while (count > 0) {
    auto size = std::min(count, batch_size);
    count -= size;
    std::vector<step> batch;
    batch.reserve(size);
    while (batch.size() < size)
      batch.push_back(next());
    for (auto result : db.commit(batch))
      if (result != commit_result::committed)
        throw std::runtime_error{"a step of the filling was refused"};
  }
}

workload keyed_by(std::uint64_t clients) {
  workload what;
  what.outstanding = clients;
  what.keyed = true;
  what.prefix = "trade:BTCUSDT:BUY:past-";
  return what;
}

} // namespace

void fill_store(const std::string& directory, const fill& what) {
  lmdb_options where;
  where.directory = directory;
  auto db = open_lmdb_store(where);
  counter ids;
  if (what.active > 0) {
    workload held;
    held.outstanding = what.active;
    held.prefix = active_prefix;
    held.lease_ms = 3'600'000;
    decisions source{held, ids, db->tag()};
    commit(*db, what.active, [&] { return source.next(); });
  }
  if (what.outcomes > 0) {
    decisions source{keyed_by(std::min<std::uint64_t>(what.outcomes, 1000)),
                     ids, db->tag()};
    commit(*db, 2 * what.outcomes, [&] { return source.next(); });
  }
  auto rows = db->last_seq();
  if (rows < what.journal) {
    decisions source{keyed_by(1000), ids, db->tag()};
    commit(*db, what.journal - rows, [&] {
      auto only_told = source.next();
      only_told.resource.clear(); // its resource is not there
      only_told.writes.clear();
      return only_told;
    });
  }
}

} // namespace holdfast::bench
