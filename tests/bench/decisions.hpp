// The decisions that an engine makes under a load, one after the other.
// Must not know actors or how steps are committed.
#pragma once

#include "actors/step_writer.hpp"
#include "engine/system_time.hpp"
#include "node/load/workload.hpp"

#include <memory>
#include <vector>

namespace holdfast::bench {

class counter : public id_source {
public:
  std::uint64_t next() override { return ++last_; }
  std::uint64_t next_token() override { return ++last_; }

private:
  std::uint64_t last_ = 0;
};

/// Each client in turn acquires its resource, and releases it when its turn
/// comes again. With one key everybody queues; then whoever holds leaves and
/// queues again, for ever.
class decisions {
public:
  /// `tag` is that of the store which the steps are for; `ids` gives the
  /// numbers and must outlive this.
  decisions(const workload& what, counter& ids, std::uint32_t tag = 1);

  step next() { return what_.one_key ? next_shared() : next_own(); }

private:
  step next_own();
  step next_shared();
  step acquire(resource_state& state, std::size_t client);
  step release(resource_state& state);
  step take(resource_state& state, const transition& change);
  circumstances now();

  const workload what_;
  std::shared_ptr<const time_source> time_;
  lock_limits limits_;
  counter& ids_;
  std::uint32_t tag_;
  std::vector<resource_state> states_;
  std::vector<std::uint64_t> sent_; ///< acquires of each client
  std::size_t turn_ = 0;
  std::size_t leaver_ = 0; ///< who leaves the shared resource next
  bool left_ = false;      ///< and has not queued again
};

} // namespace holdfast::bench
