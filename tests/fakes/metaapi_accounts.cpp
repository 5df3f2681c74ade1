// Deals as MetaTrader 5 makes them: one in when a position opens, one out on
// the other side when it closes.
// Must not know calls.
#include "tests/fakes/metaapi_accounts.hpp"

#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/metaapi_time.hpp"

#include <algorithm>
#include <stdexcept>

namespace fake {

namespace {

using namespace std::string_literals;

constexpr const char* entry_in = "DEAL_ENTRY_IN";
constexpr const char* entry_out = "DEAL_ENTRY_OUT";

bool has_id(const json& position, const std::string& id) {
  return position.is_object() && position.value("id", json()) == id;
}

bool buys(const json& position) {
  auto type = position.value("type", json());
  if (type != "POSITION_TYPE_BUY" && type != "POSITION_TYPE_SELL")
    throw std::invalid_argument("a position's `type` is POSITION_TYPE_BUY or "
                                "POSITION_TYPE_SELL");
  return type == "POSITION_TYPE_BUY";
}

account::deal parsed_deal(json deal, std::int64_t after_ms) {
  if (!deal.is_object())
    throw std::invalid_argument("a deal is a JSON object");
  auto now = wall_ms();
  auto given = deal.value("time", time_text(now));
  auto time = parse_time(given);
  if (!time)
    throw std::invalid_argument("a deal's `time` is like " + time_text(now));
  deal["time"] = given;
  return {deal, *time, steady_ms() + after_ms};
}

} // namespace

const account* account_list::find(const std::string& id) const {
  auto found = accounts_.find(id);
  return found == accounts_.end() ? nullptr : &found->second;
}

void account_list::set_positions(const std::string& id, const json& positions) {
  if (!positions.is_array())
    throw std::invalid_argument("`positions` is an array");
  accounts_[id].positions = positions;
}

void account_list::add_deals(const std::string& id, const json& deals,
                             std::int64_t after_ms) {
  if (!deals.is_array())
    throw std::invalid_argument("`deals` is an array of objects");
  std::vector<account::deal> parsed;
  for (const auto& each : deals)
    parsed.push_back(parsed_deal(each, after_ms));
  auto& all = accounts_[id].deals;
  all.insert(all.end(), parsed.begin(), parsed.end());
}

json account_list::make_deal(const json& position, const char* entry) {
  auto buying = buys(position) == (entry == entry_in);
  json deal{{"id", std::to_string(++last_deal_)},
            {"platform", "mt5"},
            {"type", buying ? "DEAL_TYPE_BUY" : "DEAL_TYPE_SELL"},
            {"entryType", entry},
            {"orderId", std::to_string(last_deal_)},
            {"positionId", position["id"]},
            {"profit", 0},
            {"commission", 0},
            {"swap", 0}};
  for (auto name : {"symbol", "volume", "magic", "comment", "clientId"})
    if (position.contains(name))
      deal[name] = position[name];
  return deal;
}

void account_list::open(const std::string& id, const json& position) {
  if (!position.is_object() || !position.contains("id") ||
      !position["id"].is_string())
    throw std::invalid_argument("a position has an `id`, a text");
  auto deal = make_deal(position, entry_in);
  auto& positions = accounts_[id].positions;
  for (const auto& each : positions)
    if (has_id(each, position["id"].get<std::string>()))
      throw std::invalid_argument("this position is open");
  if (position.contains("openPrice"))
    deal["price"] = position["openPrice"];
  if (position.contains("time"))
    deal["time"] = position["time"];
  add_deals(id, json::array({deal}), 0);
  positions.push_back(position);
}

json account_list::close(const std::string& id, const closing& how) {
  auto of = accounts_.find(id);
  if (of == accounts_.end())
    throw std::invalid_argument("there is no account " + id);
  auto& positions = of->second.positions;
  auto found =
      std::find_if(positions.begin(), positions.end(), [&](const json& each) {
        return has_id(each, how.position_id);
      });
  if (found == positions.end())
    throw std::invalid_argument("no position of " + id + " has the id " +
                                how.position_id);
  auto deal = make_deal(*found, entry_out);
  deal["price"] = how.price;
  deal["profit"] = how.profit;
  for (auto name : {"commission", "swap"})
    deal[name] = found->value(name, json(0));
  add_deals(id, json::array({deal}), how.deal_after_ms);
  positions.erase(found);
  return of->second.deals.back().what;
}

json account_list::state_json() const {
  auto list = json::array();
  for (const auto& [id, of] : accounts_) {
    json one{{"accountId", id},
             {"positions", of.positions},
             {"deals", json::array()},
             {"lateDeals", json::array()}};
    for (const auto& each : of.deals) {
      auto seen = each.visible_at_steady <= steady_ms();
      one[seen ? "deals" : "lateDeals"].push_back(each.what);
    }
    list.push_back(one);
  }
  return list;
}

} // namespace fake
