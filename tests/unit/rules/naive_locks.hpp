// What one resource does, as plainly as can be: lists that are searched from
// end to end, and answers in words. Shares no code with the rules.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::test {

struct naive_request {
  std::string owner;
  std::string key;
  int priority = 5;
  std::int64_t lease_ms = 0;
  bool task = false;
  int retries = 0;
};

/// Locks, entries and dead letters are numbered 1, 2, … as they come.
class naive_locks {
public:
  struct lock {
    int number = 0;
    naive_request what;
    std::string status = "active";
    bool claimed = true;
    int attempts = 0;
    std::int64_t until_ms = 0;
    std::int64_t retry_ms = 0;
    std::string text; ///< result or error
  };
  struct waiter {
    int number = 0;
    naive_request what;
    bool lasting = true;
    std::uint64_t came = 0;
  };
  struct letter {
    int number = 0;
    std::string kind;
    naive_request what;
    int lock = 0;
  };
  struct outcome {
    std::string owner;
    std::string status;
    int lock = 0;
    std::int64_t at_ms = 0;
  };

  std::string acquire(const naive_request& what, const std::string& otherwise);
  std::string renew(int lock, bool right_token, std::int64_t lease_ms);
  std::string release(int lock, bool right_token, bool failed,
                      const std::string& text);
  std::string force();
  std::string cancel(std::size_t waiter);
  std::string make_lasting(std::size_t waiter);
  std::string claim();
  std::string task_ends(const std::string& how, std::int64_t retry_after_ms,
                        bool most_jitter);
  std::string resolve(const std::string& how);
  std::string extend();
  std::string requeue(std::size_t letter);
  std::string discard(std::size_t letter);
  /// Ends the lease when it is over.
  std::string expire();

  /// Everything that can be seen, in words.
  std::string seen() const;

  std::int64_t now_ms = 0;
  std::int64_t retention_ms = 0;
  std::int64_t lease_max_ms = 0;
  std::size_t depth = 0;
  std::int64_t retry_base_ms = 0;
  std::int64_t retry_max_ms = 0;

  std::optional<lock> holder;
  std::vector<waiter> waiting; ///< in order of coming
  std::vector<waiter> joined;  ///< wait for the outcome of the holder's key
  std::vector<letter> letters;
  std::map<std::string, outcome> outcomes;
  std::vector<lock> ended;
  std::vector<std::string> told; ///< events of the last call

private:
  std::string known(const naive_request& what, bool waits) const;
  void grant(const naive_request& what, bool claimed);
  void end(const std::string& status, const std::string& text, bool bury);
  void bury(const std::string& kind, const lock& of);
  void tell(const std::string& kind, int lock, const std::string& owner);
  std::size_t first_of(const std::vector<waiter>& list) const;

  std::uint64_t arrivals_ = 0;
  int locks_ = 0;
  int entries_ = 0;
  int letters_ = 0;
};

} // namespace holdfast::test
