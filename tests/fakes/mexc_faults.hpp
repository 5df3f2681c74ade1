// What goes wrong with which request: rules a test sets, and chaos by a seed.
// Must not know what a call means.
#pragma once

#include "tests/fakes/mexc_request.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace fake {

using json = nlohmann::json;

enum class fault {
  none,
  reject,            ///< 4xx with code and text
  status,            ///< any status with code and text, not accepted
  limit_429,         ///< 429 with Retry-After
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
  malformed,         ///< accepted; the answer is no JSON
  truncated,         ///< accepted; the answer ends in the middle
  huge,              ///< accepted; the answer has 64 MiB
  wrong_shape,       ///< accepted; the answer is JSON of another shape
  slow_body,         ///< accepted; the answer dribbles
};

/// What is to go wrong with one request.
struct fault_plan {
  fault what = fault::none;
  std::int64_t ms = 0;
  int status = 400;
  int code = 30002;
  std::string message;
  int retry_after_s = 1;
};

class fault_rules {
public:
  explicit fault_rules(std::uint64_t seed) : default_seed_(seed) {}

  /// The plan for this request; uses up the rule that it comes from.
  fault_plan take(const api_request& request);

  /// Appends `{rules: […]}`. @throws std::invalid_argument naming what is
  /// wrong; then nothing was appended
  void add(const json& body);
  void clear() { rules_.clear(); }

  /// `{seed?, perMille, faults: […], ms?}`, instead of what was set before.
  /// The same requests get the same faults from one seed, in whatever order
  /// different client order ids arrive.
  /// @throws std::invalid_argument naming what is wrong
  void chaos(const json& body);

  json left() const; ///< `{rules: […]}`

private:
  struct rule {
    call on;
    json given;
    fault_plan plan;
    std::int64_t times;
    std::int64_t skip;
    std::string client_order_id; ///< empty: any
    std::string symbol;          ///< empty: any
  };

  static rule parse_rule(const json& given);
  static bool matches(const rule& r, const api_request& request);
  std::optional<fault_plan> by_chance(const api_request& request);

  std::uint64_t default_seed_;
  std::list<rule> rules_;
  std::uint64_t seed_ = 0;
  std::uint64_t per_mille_ = 0;
  std::vector<fault_plan> chances_;
  std::unordered_map<std::string, std::uint64_t> seen_;
};

} // namespace fake
