// What goes wrong with which request: rules a test sets, and chaos by a seed.
// Each fake has words of its own for it.
// Must not know what a call means.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fake {

using json = nlohmann::json;

enum class fault {
  none,
  reject,            ///< 4xx with code and text
  status,            ///< any status with code and text, not accepted
  limit_429,         ///< 429 with the time to wait
  limit_418,         ///< 418 with Retry-After
  before_500,        ///< 500, not accepted
  after_500,         ///< accepted, 500
  drop_request,      ///< closed, not accepted
  drop_response,     ///< accepted, closed
  close_keepalive,   ///< accepted and closed on a connection used before
  hang_before,       ///< silence, then closed, not accepted
  hang_after,        ///< accepted, silence, then closed
  delay_accept,      ///< held, then served like any other
  late_visible,      ///< accepted and answered; queries do not see it yet
  late_visible_drop, ///< the same, and no answer
  not_modified,      ///< refused as an edit that changes nothing
  malformed,         ///< accepted; the answer is no JSON
  truncated,         ///< accepted; the answer ends in the middle
  huge,              ///< accepted; the answer has 64 MiB
  wrong_shape,       ///< accepted; the answer is JSON of another shape
  empty_body,        ///< accepted; 200 with no body
  html,              ///< accepted; 200 with a page for people
  slow_body,         ///< accepted; the answer dribbles
};

/// What is to go wrong with one request.
struct fault_plan {
  fault what = fault::none;
  std::int64_t ms = 0;
  int status = 400;
  int code = 0; ///< the API's own
  std::string message;
  int retry_after_s = 1;
};

/// What one fake calls a fault.
struct fault_name {
  fault what;
  std::string_view name;
  std::int64_t default_ms = 0;
  std::string_view only_on = {}; ///< a call; empty: any
};

/// A field by which a rule chooses among requests.
struct fault_match {
  std::string_view field;
  bool part = false; ///< it is enough to be contained
};

/// The words in which one fake's rules are written.
struct fault_words {
  std::vector<std::string_view> calls; ///< of `on`
  std::vector<fault_name> faults;
  std::vector<fault_match> matches;
  std::string_view status = {};  ///< the field of a plan's status, if any
  std::string_view code = {};    ///< the field of its code, if any
  std::string_view message = {}; ///< the field of its message, if any
  int default_code = 0;
  std::string_view wrong_shape = {}; ///< the answer of that fault
};

/// A request as rules and chaos see it.
struct fault_subject {
  std::string call; ///< one of the words; empty: no fault happens to it
  std::string key;  ///< chaos counts the calls of one key on their own
  std::map<std::string, std::string> fields; ///< what `matches` looks at
};

class fault_rules {
public:
  /// `words` outlive this.
  fault_rules(const fault_words& words, std::uint64_t seed)
      : words_(&words), default_seed_(seed) {}

  /// The plan for this request; uses up the rule that it comes from.
  fault_plan take(const fault_subject& request);

  /// Appends `{rules: […]}`. @throws std::invalid_argument naming what is
  /// wrong; then nothing was appended
  void add(const json& body);
  void clear() { rules_.clear(); }

  /// `{seed?, perMille, faults: […], ms?}`, instead of what was set before.
  /// The same requests get the same faults from one seed, in whatever order
  /// different keys arrive.
  /// @throws std::invalid_argument naming what is wrong
  void chaos(const json& body);

  json left() const; ///< `{rules: […]}`

private:
  struct rule {
    std::string on;
    json given;
    fault_plan plan;
    std::int64_t times;
    std::int64_t skip;
    std::map<std::string, std::string> wanted; ///< by field; others: any
  };

  const fault_name& name_of(const std::string& name) const;
  fault_plan plan_of(const std::string& name) const;
  std::string call_of(const std::string& name) const;
  rule parse_rule(const json& given) const;
  bool matches(const rule& r, const fault_subject& request) const;
  std::optional<fault_plan> by_chance(const fault_subject& request);

  const fault_words* words_;
  std::uint64_t default_seed_;
  std::list<rule> rules_;
  std::uint64_t seed_ = 0;
  std::uint64_t per_mille_ = 0;
  std::vector<fault_plan> chances_;
  std::unordered_map<std::string, std::uint64_t> seen_;
};

} // namespace fake
