// The fake of MetaApi as a child process: the accounts that a test makes.
// docs/testing.md lists faults and calls.
// Must not know the node.
#pragma once

#include "tests/support/fake_process.hpp"

#include <cstdint>
#include <string>

namespace holdfast::test {

struct fake_metaapi_config {
  std::string token = "test-token";
  std::uint16_t port = 0; ///< 0: a free one
};

/// A whole position as MetaApi shows it: 0.1 EURUSD bought at 1.085. `more`
/// replaces or adds fields.
json metaapi_position(const std::string& id, const json& more = json::object());

/// Found by HOLDFAST_FAKE_METAAPI. An account is there once a call named it.
class fake_metaapi : public fake_process {
public:
  explicit fake_metaapi(const fake_metaapi_config& config = {});

  const fake_metaapi_config& config() const { return config_; }

  /// `{accounts: […], requests: {…}, refused: {…}}`
  json state() const;

  /// Replaces the account's list.
  void positions(const std::string& account_id, const json& list);

  /// Adds deals that the account shows after a while.
  void deals(const std::string& account_id, const json& list,
             std::chrono::milliseconds after = {});

  /// Adds a position and the deal that opened it.
  void open(const std::string& account_id, const json& position);

  /// Takes a position away; the deal that closed it, which is returned, is
  /// shown after a while. `price` and `profit` are numbers.
  json close(const std::string& account_id, const std::string& position_id,
             const json& price, const json& profit,
             std::chrono::milliseconds deal_after = {});

private:
  fake_metaapi_config config_;
};

} // namespace holdfast::test
