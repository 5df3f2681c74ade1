// The fake exchange as a child process: what a test sets of its own, and the
// book it judges by. docs/testing.md lists faults and calls.
// Must not know the node.
#pragma once

#include "tests/support/fake_process.hpp"

#include <string>
#include <vector>

namespace holdfast::test {

struct fake_config {
  std::string api_key = "test-key";
  std::string secret = "test-secret";
};

/// Found by HOLDFAST_FAKE_MEXC.
class fake_exchange : public fake_process {
public:
  explicit fake_exchange(const fake_config& config = {});

  const fake_config& config() const { return config_; }

  /// `{orders: […], requests: {…}, refused: {…}}`
  json book() const;

  /// The orders with this client order id, oldest first: at most one, if
  /// nobody sent twice.
  std::vector<json> orders_of(const std::string& client_order_id) const;

  /// How far the exchange's clock is ahead of the machine's.
  void clock(std::chrono::milliseconds offset);

  /// `{prices?, balances?, fill?, fillDelayMs?}`; the rest stays.
  void market(const json& changes);

  /// Fills a resting order, all of it without a `quantity`; returns it.
  json fill(const std::string& client_order_id,
            const std::string& quantity = {});

  /// Replaces the list of exchangeInfo.
  void symbols(const json& list);

private:
  fake_config config_;
};

} // namespace holdfast::test
