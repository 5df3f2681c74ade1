// Control calls of the fake MetaApi alone.
// Must not know the node.
#include "tests/support/fake_metaapi.hpp"

namespace holdfast::test {

json metaapi_position(const std::string& id, const json& more) {
  json position{{"id", id},
                {"type", "POSITION_TYPE_BUY"},
                {"symbol", "EURUSD"},
                {"magic", 0},
                {"time", "2026-01-31T10:00:00.000Z"},
                {"brokerTime", "2026-01-31 12:00:00.000"},
                {"updateTime", "2026-01-31T10:00:00.000Z"},
                {"openPrice", 1.085},
                {"currentPrice", 1.0861},
                {"currentTickValue", 1},
                {"volume", 0.1},
                {"profit", 11},
                {"realizedProfit", 0},
                {"unrealizedProfit", 11},
                {"swap", 0},
                {"commission", -0.7}};
  position.update(more);
  return position;
}

fake_metaapi::fake_metaapi(const fake_metaapi_config& config)
    : fake_process("HOLDFAST_FAKE_METAAPI", {"--token", config.token, "--port",
                                             std::to_string(config.port)}),
      config_(config) {}

json fake_metaapi::state() const { return call("GET", "/fake/accounts"); }

void fake_metaapi::positions(const std::string& account_id, const json& list) {
  call("PUT", "/fake/positions",
       {{"accountId", account_id}, {"positions", list}});
}

void fake_metaapi::deals(const std::string& account_id, const json& list,
                         std::chrono::milliseconds after) {
  call(
      "POST", "/fake/deals",
      {{"accountId", account_id}, {"deals", list}, {"afterMs", after.count()}});
}

void fake_metaapi::open(const std::string& account_id, const json& position) {
  call("POST", "/fake/open",
       {{"accountId", account_id}, {"position", position}});
}

json fake_metaapi::close(const std::string& account_id,
                         const std::string& position_id, const json& price,
                         const json& profit,
                         std::chrono::milliseconds deal_after) {
  return call("POST", "/fake/close",
              {{"accountId", account_id},
               {"positionId", position_id},
               {"price", price},
               {"profit", profit},
               {"dealAfterMs", deal_after.count()}});
}

} // namespace holdfast::test
