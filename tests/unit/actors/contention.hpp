// Random clients, operators, executors and faults around one node, and what
// they were told: the promises are checked against the store's own rows.
#pragma once

#include "world/task_world.hpp"

#include <map>
#include <set>

namespace holdfast::test {

class contention {
public:
  explicit contention(std::uint64_t seed);

  /// Empty when every promise was kept.
  std::string run(int actions);

private:
  std::uint64_t pick(std::uint64_t n) { return world_.random()() % n; }
  bool chance(int percent) { return pick(100) < std::uint64_t(percent); }
  std::string fault() const { return fault_.empty() ? world_.fault() : fault_; }

  // -- what happens (contention.cpp) ------------------------------------------
  void act();
  void acquire();
  void end_one();
  void renew_one();
  void touch_entry();
  void force_or_abandon();
  void operate();
  void tend_executor();
  void trouble();
  void stop_node(bool crash);
  task_result choose();
  void finish();

  // -- what must hold (contention_check.cpp) ----------------------------------
  /// Takes in what has been answered, and checks it.
  void listen();
  void heard(const acquire_lock& cmd, const acquire_answer& answer);
  void asked(const run_task& what);
  void note_outcome(const lock_record& lock);
  /// The lock as it is on the disk: holding or ended.
  std::optional<lock_record> on_disk(lock_id id) const;
  void check_rest();
  void check_told();
  std::vector<lock_id> in_doubt() const;
  std::vector<dead_letter_id> dead_letters() const;

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
    lock_id lock;
    reply_ptr<lock_record> answer;
  };
  struct cancelling {
    entry_id entry;
    reply_ptr<entry_view> answer;
  };

  task_world world_;
  std::string fault_;
  bool finishing_ = false;
  bool executor_up_ = true;
  std::uint64_t callers_ = 0;
  std::uint64_t results_ = 0;
  std::size_t asks_seen_ = 0;
  std::vector<call> calls_;
  std::vector<ending> ends_;
  std::vector<cancelling> cancels_;
  std::vector<std::function<bool()>> open_;
  // What was told, and therefore has to be true for ever.
  std::vector<lock_record> locks_;
  std::vector<entry_id> entries_;
  std::set<std::uint64_t> cancelled_;
  std::set<std::uint64_t> granted_;
  std::map<std::uint64_t, lock_record> ended_;
  std::map<std::string, std::pair<std::uint64_t, std::string>> outcomes_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, int> attempts_;
};

} // namespace holdfast::test
