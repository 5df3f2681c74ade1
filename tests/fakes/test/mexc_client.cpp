// Signs with OpenSSL's library; the vectors of signature_test.cpp come from
// its command line.
// Must not know the fake's code.
#include "tests/fakes/test/mexc_client.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/text.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstdio>

namespace holdfast::test {

using namespace std::chrono_literals;

std::string joined(const parameter_list& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters)
    text += (text.empty() ? "" : "&") + name + "=" + value;
  return text;
}

std::string signature_of(const std::string& secret, const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest,
       &size);
  std::string hex;
  char two[3];
  for (unsigned int i = 0; i < size; ++i) {
    std::snprintf(two, sizeof(two), "%02x", digest[i]);
    hex += two;
  }
  return hex;
}

parameter_list market_order(const std::string& client_id) {
  return {{"symbol", "BTCUSDT"},
          {"side", "BUY"},
          {"type", "MARKET"},
          {"quantity", "0.01"},
          {"newClientOrderId", client_id}};
}

parameter_list resting_order(const std::string& client_id) {
  return {{"symbol", "BTCUSDT"}, {"side", "BUY"},
          {"type", "LIMIT"},     {"quantity", "0.02"},
          {"price", "40000"},    {"newClientOrderId", client_id}};
}

parameter_list with(parameter_list parameters, const std::string& name,
                    const std::string& value) {
  auto same = [&](const auto& each) { return each.first == name; };
  auto found = std::find_if(parameters.begin(), parameters.end(), same);
  if (found == parameters.end())
    parameters.emplace_back(name, value);
  else
    found->second = value;
  return parameters;
}

mexc_client::mexc_client(const fake_exchange& exchange,
                         std::chrono::milliseconds patience)
    : config_(exchange.config()), http_(exchange.port(), patience) {}

header_map mexc_client::key() const {
  return {{"X-MEXC-APIKEY", config_.api_key}};
}

void mexc_client::begin(const std::string& method, const std::string& path,
                        parameter_list parameters) {
  auto timed = [](const auto& each) { return each.first == "timestamp"; };
  if (std::none_of(parameters.begin(), parameters.end(), timed))
    parameters.emplace_back("timestamp", std::to_string(wall_ms()));
  auto text = joined(parameters);
  auto signature = signature_of(config_.secret, text);
  http_.begin(method, path + "?" + text + "&signature=" + signature, {}, key());
}

http_response mexc_client::send(const std::string& method,
                                const std::string& path,
                                parameter_list parameters) {
  begin(method, path, std::move(parameters));
  return http_.finish();
}

http_response mexc_client::place(const parameter_list& parameters) {
  return send("POST", "/api/v3/order", parameters);
}

http_response mexc_client::query(const std::string& client_id,
                                 const std::string& symbol) {
  return send("GET", "/api/v3/order",
              {{"symbol", symbol}, {"origClientOrderId", client_id}});
}

http_response mexc_client::cancel(const std::string& client_id,
                                  const std::string& symbol) {
  return send("DELETE", "/api/v3/order",
              {{"symbol", symbol}, {"origClientOrderId", client_id}});
}

json mexc_client::await(const std::string& client_id,
                        const std::string& status) {
  json state;
  eventually(
      [&] {
        state = query(client_id).body;
        return state.value("status", "") == status;
      },
      60s);
  return state;
}

} // namespace holdfast::test
