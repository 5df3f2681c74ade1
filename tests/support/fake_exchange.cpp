// Control calls of the exchange alone.
// Must not know the node.
#include "tests/support/fake_exchange.hpp"

namespace holdfast::test {

fake_exchange::fake_exchange(const fake_config& config)
    : fake_process("HOLDFAST_FAKE_MEXC",
                   {"--api-key", config.api_key, "--secret", config.secret}),
      config_(config) {}

json fake_exchange::book() const { return call("GET", "/fake/book"); }

std::vector<json>
fake_exchange::orders_of(const std::string& client_order_id) const {
  std::vector<json> found;
  auto orders = book()["orders"];
  for (auto& each : orders)
    if (each["clientOrderId"] == client_order_id)
      found.push_back(each);
  return found;
}

void fake_exchange::clock(std::chrono::milliseconds offset) {
  call("POST", "/fake/clock", {{"offsetMs", offset.count()}});
}

void fake_exchange::market(const json& changes) {
  call("POST", "/fake/market", changes);
}

json fake_exchange::fill(const std::string& client_order_id,
                         const std::string& quantity) {
  json body{{"clientOrderId", client_order_id}};
  if (!quantity.empty())
    body["quantity"] = quantity;
  return call("POST", "/fake/fill", body);
}

void fake_exchange::symbols(const json& list) {
  call("POST", "/fake/symbols", list);
}

} // namespace holdfast::test
