// Accounts: their open positions and the history of their deals, of which a
// deal may show up late.
// Must not know calls.
#pragma once

#include "tests/fakes/fake_http.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fake {

struct account {
  struct deal {
    json what;
    std::int64_t time_ms;           ///< when it was made
    std::int64_t visible_at_steady; ///< queries see it from then on
  };

  std::vector<json> positions;
  std::vector<deal> deals; ///< as they were entered
};

/// What a test says of a close.
struct closing {
  std::string position_id;
  json price;
  json profit;
  std::int64_t deal_after_ms = 0;
};

class account_list {
public:
  /// nullptr when no test has spoken of it.
  const account* find(const std::string& id) const;

  void set_positions(const std::string& id, const json& positions);

  /// Deals that queries see after `after_ms`. One without `time` is made now.
  /// @throws std::invalid_argument; then none was entered
  void add_deals(const std::string& id, const json& deals,
                 std::int64_t after_ms);

  /// Adds the position and the deal that opened it.
  /// @throws std::invalid_argument
  void open(const std::string& id, const json& position);

  /// Takes the position away and makes the deal that closed it, on the side
  /// that is not the position's. Returns that deal.
  /// @throws std::invalid_argument
  json close(const std::string& id, const closing& how);

  /// `[{accountId, positions, deals, lateDeals}]`
  json state_json() const;

private:
  json make_deal(const json& position, const char* entry);

  std::map<std::string, account> accounts_;
  std::uint64_t last_deal_ = 0;
};

} // namespace fake
