// A raw client of MEXC's API for the tests of the fake: signs what it is told
// to send, and sends it once.
// Must not know the fake's code.
#pragma once

#include "tests/support/fake_exchange.hpp"
#include "tests/support/http_client.hpp"

#include <string>
#include <utility>
#include <vector>

namespace holdfast::test {

using parameter_list = std::vector<std::pair<std::string, std::string>>;

/// `a=1&b=2`, values as they are.
std::string joined(const parameter_list& parameters);

/// HMAC-SHA256 in lower-case hex.
std::string signature_of(const std::string& secret, const std::string& text);

/// A market order of 0.01 BTC.
parameter_list market_order(const std::string& client_id);

/// A limit order of 0.02 BTC at 40000, below the market's 50000: it rests.
parameter_list resting_order(const std::string& client_id);

/// `parameters` with one of them set to another value, or added.
parameter_list with(parameter_list parameters, const std::string& name,
                    const std::string& value);

class mexc_client {
public:
  explicit mexc_client(const fake_exchange& exchange,
                       std::chrono::milliseconds patience = // of an answer
                       std::chrono::seconds{60});

  /// Adds a timestamp if there is none, signs and sends.
  http_response send(const std::string& method, const std::string& path,
                     parameter_list parameters);
  /// Only sends; `http().finish()` reads.
  void begin(const std::string& method, const std::string& path,
             parameter_list parameters);

  http_response place(const parameter_list& parameters);
  http_response query(const std::string& client_id,
                      const std::string& symbol = "BTCUSDT");
  http_response cancel(const std::string& client_id,
                       const std::string& symbol = "BTCUSDT");

  /// Asks until the order has this status, at most a minute; its last
  /// state.
  json await(const std::string& client_id, const std::string& status);

  http_client& http() { return http_; }
  header_map key() const; ///< X-MEXC-APIKEY

private:
  fake_config config_;
  http_client http_;
};

} // namespace holdfast::test
