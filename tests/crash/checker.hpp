// Compares what clients were told with what the node says afterwards.
// Must not know HTTP or how the node works: only the contract's guarantees.
#pragma once

#include "tests/crash/history.hpp"

#include <map>
#include <string>
#include <vector>

namespace holdfast::test {

/// Finds every broken guarantee in one run.
class checker {
public:
  checker(const history& calls, const final_state& state);

  /// One sentence per violation; empty when the run was right.
  std::vector<std::string> violations();

private:
  /// What the journal and the clients tell about one lock.
  struct lock_story {
    int grants = 0;
    std::uint64_t token = 0;
    std::string resource;
    std::string end;                     ///< kind of the row that ended it
    std::int64_t granted_after = 0;      ///< no earlier than this
    std::int64_t acknowledged = 0;       ///< first answer that showed it active
    std::int64_t released_from = 0;      ///< start of the first release call
    std::int64_t guaranteed_until = 0;   ///< no expiry before this
    std::map<std::string, int> contents; ///< distinct releases sent
  };

  void read_journal();
  void read_calls();
  void note_grant(const call_record& call);
  void check_answers();
  void check_grants();
  void check_intervals();
  void check_token_order();
  void check_releases();
  void check_outcomes();
  void check_successes();
  void check_entries();
  void check_service_order();
  void check_end();
  void fail(const std::string& what) { found_.push_back(what); }

  const history& calls_;
  const final_state& state_;
  std::map<std::string, lock_story> locks_;
  std::map<std::string, int> queued_rows_;
  std::vector<std::string> found_;
};

} // namespace holdfast::test
