// What an order must be to be accepted: parameters, symbol, sizes, funds.
// Must not know sockets or faults.
#include "tests/fakes/mexc_exchange.hpp"
#include "tests/fakes/mexc_refused.hpp"

#include <algorithm>
#include <set>

namespace fake {

namespace {

constexpr std::size_t client_id_max = 32;

bool is_client_id(const std::string& text) {
  return text.size() <= client_id_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                  (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
         });
}

} // namespace

/// Which amounts belong to which type, as MEXC's table of mandatory
/// parameters has it; those that belong to another type are refused as well.
order exchange::checked_order(const api_request& request) const {
  static const std::set<std::string> types{
      "LIMIT", "MARKET", "LIMIT_MAKER", "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"};
  auto malformed = [](const std::string& name) {
    return refused{"parameter", 700004,
                   "Mandatory parameter '" + name +
                       "' was not sent, was empty or malformed."};
  };
  order o;
  o.client_id = request.get("newClientOrderId");
  o.symbol = request.get("symbol");
  o.side = request.get("side");
  o.type = request.get("type");
  o.price = request.get("price");
  o.quantity = request.get("quantity");
  o.quote_quantity = request.get("quoteOrderQty");
  if (o.symbol.empty())
    throw malformed("symbol");
  if (o.side != "BUY" && o.side != "SELL")
    throw malformed("side");
  if (!types.contains(o.type))
    throw malformed("type");
  if (!is_client_id(o.client_id))
    throw malformed("newClientOrderId");
  auto at_market = o.type == "MARKET";
  if (at_market ? !o.price.empty() : !parse_amount(o.price))
    throw malformed("price");
  auto by_quote = at_market && o.quantity.empty();
  if (by_quote ? !parse_amount(o.quote_quantity) : !o.quote_quantity.empty())
    throw malformed("quoteOrderQty");
  if (!by_quote && !parse_amount(o.quantity))
    throw malformed("quantity");
  auto rules = symbols_.find(o.symbol);
  if (rules == symbols_.end() || !rules->second.traded)
    throw refused{"", 10007, "bad symbol"};
  if (!at_market)
    o.limit = *parse_amount(o.price);
  auto price = book_.price_for(o).value_or(o.limit);
  if (by_quote && price.units == 0)
    throw refused{"", 10007, "no price for this symbol"};
  o.wanted = by_quote ? *parse_amount(o.quote_quantity) / price
                      : *parse_amount(o.quantity);
  o.pays = o.buys() ? rules->second.quote : rules->second.base;
  o.gets = o.buys() ? rules->second.base : rules->second.quote;
  o.reserved = o.buys() ? o.wanted * price : o.wanted;
  check_size(o, rules->second);
  return o;
}

void exchange::check_size(const order& o, const symbol_rules& rules) const {
  if (!o.quantity.empty() && places_of(o.wanted) > rules.base_places)
    throw refused{"", 400, "quantity scale is invalid"};
  if (places_of(o.limit) > rules.quote_places)
    throw refused{"", 400, "price scale is invalid"};
  if (o.type != "MARKET" && o.limit.units == 0)
    throw refused{"", 400, "price must be above 0"};
  if (o.wanted.units == 0 || o.wanted < rules.smallest)
    throw refused{"", 30002,
                  "The minimum transaction volume cannot be less than " +
                      to_text(rules.smallest)};
  auto cost = o.wanted * book_.price_for(o).value_or(o.limit);
  if (cost.units > 0 && cost < rules.smallest_cost)
    throw refused{"", 30002,
                  "The minimum transaction amount cannot be less than " +
                      to_text(rules.smallest_cost)};
  if (cost > rules.largest_cost)
    throw refused{"", 30003,
                  "The maximum transaction amount cannot be greater than " +
                      to_text(rules.largest_cost)};
  if (!book_.affordable(o))
    throw refused{"", 10101, "Insufficient balance"};
}

} // namespace fake
