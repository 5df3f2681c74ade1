// The whole exchange as its sessions share it, and the calls by which a test
// steers it. One thread.
// Must not know sockets.
#pragma once

#include "tests/fakes/mexc_exchange.hpp"
#include "tests/fakes/mexc_faults.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace fake {

class service {
public:
  service(credentials who, std::uint64_t seed);

  exchange& calls() { return *exchange_; }
  fault_rules& faults() { return faults_; }

  /// Grows with every reset: a request held since before it is not served.
  std::uint64_t epoch() const { return epoch_; }

  /// Until then (steady milliseconds) nobody can connect.
  std::int64_t away_until() const { return away_until_; }

  /// Serves a call below /fake/. Errors are `{error: text}`.
  answer control(std::string_view method, std::string_view path,
                 std::string_view body);

private:
  json carry_out(std::string_view path, const json& body);
  json change_market(const json& body);
  json fill(const json& body);
  json reset();

  credentials who_;
  std::uint64_t seed_;
  std::unique_ptr<exchange> exchange_;
  fault_rules faults_;
  std::uint64_t epoch_ = 0;
  std::int64_t away_until_ = 0;
};

} // namespace fake
