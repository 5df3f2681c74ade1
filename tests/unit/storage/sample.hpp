// Records, steps and stores for the tests of storage.
// Must not know CAF or the rules.
#pragma once

#include "simulation/faulty_store.hpp"
#include "storage/lmdb_store.hpp"
#include "storage/memory_store.hpp"
#include "storage/records.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::sample {

inline constexpr std::uint32_t tag = 7;

/// An empty directory that goes away with everything in it.
class temp_dir {
public:
  temp_dir();
  ~temp_dir();
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + '/' + name; }

private:
  std::string path_;
};

inline constexpr std::uint64_t mib = std::uint64_t{1} << 20;

inline std::unique_ptr<store> open_lmdb(const std::string& directory,
                                        std::uint64_t map_bytes = 64 * mib) {
  return open_lmdb_store({directory, map_bytes, tag});
}

/// The stores of the contract suite.
class in_memory {
public:
  store& operator*() { return store_; }
  store* operator->() { return &store_; }

private:
  memory_store store_{tag};
};

/// The simulated one, without faults.
class in_simulation {
public:
  store& operator*() { return store_; }
  store* operator->() { return &store_; }

private:
  simulation::faulty_store store_{tag};
};

class on_lmdb {
public:
  store& operator*() { return *store_; }
  store* operator->() { return store_.get(); }

private:
  temp_dir dir_;
  std::unique_ptr<store> store_ = open_lmdb(dir_.path());
};

/// What `call` throws; nothing: a text that says so.
template <class Call>
storage_error failure_of(Call call) {
  try {
    call();
  } catch (const storage_error& e) {
    return e;
  }
  return {storage_errc{0xff}, "nothing was thrown"};
}

std::string sha256_key(std::string_view resource, std::string_view key);

transaction work(const std::string& resource, const std::string& key = {});
write put(table t, std::string key, std::string value);
write gone(table t, std::string key);
/// A step without version check.
step plain(std::vector<write> writes);

/// Everything in `t`, in order: keys and values in turn.
std::vector<std::string> rows_of(const store& s, table t);

/// Decides steps as the rules would, so that the store stays free of faults.
class world {
public:
  explicit world(std::uint32_t store_tag = tag) : tag_(store_tag) {}

  std::int64_t now_ms = 1'000;

  step grant(const std::string& resource, const std::string& key = {});
  step enqueue(const std::string& resource, const std::string& key = {});
  /// Ends the holder and grants the first waiter.
  step release(const std::string& resource);
  /// Takes the first waiter out of the queue.
  step cancel(const std::string& resource);
  step doubt(const std::string& resource);
  step bury(const std::string& resource);

  lock_record holder(const std::string& resource) const {
    return state_.at(resource).holder;
  }
  std::vector<entry_record> waiters(const std::string& resource) const {
    return state_.at(resource).waiters;
  }
  std::uint64_t last_id() const { return last_id_; }

private:
  struct resource_state {
    std::uint64_t version = 0;
    lock_record holder;
    std::vector<entry_record> waiters;
  };

  step start(const std::string& resource);
  void finish(step& s, const std::string& resource);
  void hold(step& s, const transaction& w, entry_id entry);
  void tell(step& s, event_kind kind, const transaction& w, lock_id lock);

  std::uint32_t tag_;
  std::uint64_t last_id_ = 0;
  std::map<std::string, resource_state> state_;
};

} // namespace holdfast::sample
