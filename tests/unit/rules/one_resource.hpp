// One resource with a clock and a store of plain maps: what a lock owner is
// around the rules, without actors. Checks what must hold of every transition.
#pragma once

#include "rules/lock_rules.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace holdfast::test {

class counting_ids : public id_source {
public:
  std::uint64_t next() override { return ++last; }
  std::uint64_t next_token() override { return *tokens.insert(next()).first; }
  std::uint64_t last = 100;
  std::set<std::uint64_t> tokens; ///< those that were asked for as such
};

struct one_resource {
  one_resource();

  circumstances at();
  std::optional<outcome_record> last(const std::string& key) const;
  std::optional<lock_record> ended_lock(lock_id id) const;

  /// Carries a transition out and notes in `fault` what is wrong with it.
  void take(const transition& step);

  /// Decides, carries out, and answers the lock or entry; fails the test when
  /// it is refused.
  lock_record grant(const acquire_request& cmd);
  entry_record enqueue(const acquire_request& cmd);
  acquire_decision acquire(const acquire_request& cmd);
  release_decision release(const release_lock& cmd,
                           const std::optional<flight_joiner>& joiner = {});
  void pass(std::int64_t ms);

  std::vector<event_kind> kinds() const;

  resource_state state;
  counting_ids ids;
  instant now{5'000'000, 1'790'000'000'000};
  lock_limits limits;
  std::map<std::string, outcome_record> outcomes;
  std::map<std::uint64_t, lock_record> ended;
  std::vector<dead_letter> letters;
  std::vector<journal_event> journal;
  std::string fault;

private:
  void check_step(const transition& step);
  void check_state();

  std::set<std::uint64_t> versions_;
  std::uint64_t last_token_ = 0;
};

/// Its test also fails when the invariants of its history do not hold.
struct checked_resource : one_resource {
  ~checked_resource();
};

/// A transaction of `owner` on "r"; the fingerprint stands for the owner.
acquire_request ask(const std::string& owner, const std::string& key = {},
                    std::uint8_t priority = 5);

acquire_request reject(acquire_request cmd); ///< instead of queueing
acquire_request waits(acquire_request cmd);
acquire_request job(acquire_request cmd); ///< the node itself works

release_lock success(const lock_record& lock, std::string result = {});
release_lock failure(const lock_record& lock, std::string error = "no");

/// Why it was refused. @throws std::bad_variant_access when it was not.
const problem& why(const acquire_decision& how);

/// The refusal, or `none` when it is something else.
template <class Decision>
errc refusal(const Decision& how) {
  auto* p = std::get_if<problem>(&how);
  return p ? p->code : errc::none;
}

} // namespace holdfast::test
