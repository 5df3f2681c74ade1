// Random clients, operators and executors of locks, and what they were told:
// the promises are checked against the store's own rows.
#pragma once

#include "simulation/executor.hpp"
#include "simulation/workload.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace holdfast::simulation {

/// What the clients do, and how often in relation to each other.
struct lock_habits {
  std::uint64_t resources = 3;
  std::uint64_t keys = 6;        ///< idempotency keys of a resource
  std::uint64_t keyed = 70;      ///< of a hundred acquires
  std::uint64_t tasks = 30;      ///< of a hundred acquires
  std::uint64_t lease_ms = 3000; ///< at most
  std::uint64_t priorities = 3;

  unsigned acquire = 5;
  unsigned end = 2;
  unsigned renew = 1;
  unsigned cancel_or_watch = 1;
  unsigned abandon_or_force = 1;
  unsigned operate = 1;
  unsigned tend_executor = 1;
};

/// The task of their locks.
inline constexpr const char* executor_name = "work";

class lock_clients : public workload {
public:
  lock_clients(world& in, const lock_habits& habits);

  void come() override;
  void broken() override;
  std::size_t unanswered() const override;
  void act() override;
  void look() override;
  void calm() override;
  void judge() override;
  void count(fault_counts& to) const override { to.add(met_); }

private:
  std::uint64_t pick(std::uint64_t n) { return random().pick(n); }
  bool chance(std::uint64_t percent) { return random().chance(percent); }
  template <class T>
  const T& any_of(const std::vector<T>& from) {
    return from[pick(from.size())];
  }

  // -- what happens (lock_clients.cpp) ----------------------------------------
  void acquire();
  void end_one();
  void renew_one();
  void touch_entry();
  void force_or_abandon();
  void operate();
  void resolve(lock_id id, resolution outcome);
  void tend_executor();
  task_result choose();

  // -- what must hold (lock_clients_check.cpp) --------------------------------
  void heard(const acquire_lock& cmd, const acquire_answer& answer);
  void ended(const lock_record& told, std::optional<bool> success);
  void asked(const run_task& what);
  void note_outcome(const lock_record& lock);
  /// The lock as it is on the disk: holding or ended.
  std::optional<lock_record> on_disk(lock_id id) const;
  void judge_entry(entry_id id) const;
  std::vector<lock_id> my_doubts() const;

  /// A call whose answer matters to nobody, but that must be answered.
  template <class T>
  void expect(const reply_ptr<T>& answer) {
    open_.push_back([answer] { return answer->pending(); });
  }

  struct call {
    acquire_lock cmd;
    reply_ptr<acquire_answer> answer;
  };
  struct ending {
    reply_ptr<lock_record> answer;
    std::optional<bool> success; ///< as the client said, if it was one
  };
  struct cancelling {
    entry_id entry;
    reply_ptr<entry_view> answer;
  };

  lock_habits habits_;
  std::shared_ptr<script> plan_ = std::make_shared<script>();
  scripted_actor executor_; ///< null: it is away
  std::vector<scripted_actor> replaced_;
  bool calm_ = false;
  std::uint64_t callers_ = 0;
  std::uint64_t results_ = 0;
  std::uint64_t answers_seen_ = 0;
  std::size_t asks_seen_ = 0;
  std::vector<call> calls_;
  std::vector<ending> ends_;
  std::vector<cancelling> cancels_;
  std::vector<std::function<bool()>> open_;
  fault_counts met_;
  // What was told, and therefore has to be true for ever.
  std::vector<lock_record> locks_;
  std::vector<entry_id> entries_;
  std::set<std::uint64_t> cancelled_;
  std::set<std::uint64_t> granted_;
  std::map<std::uint64_t, lock_record> ended_;
  std::map<std::string, std::pair<std::uint64_t, std::string>> outcomes_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, int> attempts_;
};

} // namespace holdfast::simulation
