// Accepting, filling and cancelling.
// Must not know HTTP.
#include "tests/fakes/mexc_book.hpp"

#include <algorithm>
#include <utility>

namespace fake {

bool order::is_open() const {
  return status == "NEW" || status == "PARTIALLY_FILLED";
}

market default_market() {
  market result;
  auto price = [&](const char* symbol, const char* text) {
    result.prices[symbol] = parse_amount(text).value();
  };
  price("BTCUSDT", "50000");
  price("ETHUSDT", "2500");
  price("SOLUSDT", "100");
  price("XRPUSDT", "0.5");
  price("DOGEUSDT", "0.1");
  return result;
}

std::optional<amount> book::price_for(const order& o) const {
  auto found = market_.prices.find(o.symbol);
  auto trades = found != market_.prices.end() &&
                (o.type == "MARKET" || (o.buys() ? o.limit >= found->second
                                                 : o.limit <= found->second));
  if (!trades || o.type == "LIMIT_MAKER")
    return std::nullopt;
  return found->second;
}

bool book::affordable(const order& o) const {
  auto found = market_.funds.find(o.pays);
  return found == market_.funds.end() || found->second >= o.reserved;
}

order& book::accept(order o) {
  auto& entered = orders_.emplace_back(std::move(o));
  entered.id = "C02__" + std::to_string(400'000'000'000 + orders_.size());
  entered.accepted_at_ms = entered.updated_at_ms = clock_.now_ms();
  by_id_[entered.id] = &entered;
  if (!entered.client_id.empty())
    by_client_id_[entered.client_id].push_back(&entered);
  auto funds = market_.funds.find(entered.pays);
  if (funds != market_.funds.end())
    funds->second = funds->second - entered.reserved;
  trade(entered);
  return entered;
}

void book::trade(order& o) {
  auto immediate = o.type == "IMMEDIATE_OR_CANCEL";
  auto all_or_none = o.type == "FILL_OR_KILL";
  auto fills = market_.fills;
  if (!price_for(o) || fills == fill_mode::never ||
      (all_or_none && fills == fill_mode::partial)) {
    if (immediate || all_or_none)
      cancel(o);
    return;
  }
  if (fills == fill_mode::at_once)
    fill(o, o.left());
  if (fills == fill_mode::partial)
    fill(o, {o.wanted.units / 2});
  if (o.is_open())
    later(o, immediate && fills == fill_mode::partial);
}

void book::later(order& o, bool cancels) {
  due_.emplace(steady_ms() + market_.delay_ms, due{&o, cancels});
}

order* book::find(const std::string& id) {
  auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

template <class P>
order* book::newest(const std::string& client_id, P suits) {
  auto found = by_client_id_.find(client_id);
  if (found == by_client_id_.end())
    return nullptr;
  auto& all = found->second;
  auto last = std::find_if(all.rbegin(), all.rend(), suits);
  return last == all.rend() ? nullptr : *last;
}

order* book::find_visible(const std::string& client_id) {
  return newest(client_id, [](const order* o) { return o->is_visible(); });
}

order* book::find_open(const std::string& client_id) {
  return newest(client_id, [](const order* o) { return o->is_open(); });
}

void book::cancel(order& o) {
  o.status = o.executed.units > 0 ? "PARTIALLY_CANCELED" : "CANCELED";
  end(o);
}

void book::fill(order& o, amount quantity) {
  auto at_market = market_.prices.find(o.symbol);
  auto price = o.limit;
  if (at_market != market_.prices.end() && (price_for(o) || !price.units))
    price = at_market->second;
  auto cost = quantity * price;
  o.executed = o.executed + quantity;
  o.executed_quote = o.executed_quote + cost;
  o.status = o.left().units == 0 ? "FILLED" : "PARTIALLY_FILLED";
  o.updated_at_ms = clock_.now_ms();
  auto funds = market_.funds.find(o.gets);
  if (funds != market_.funds.end())
    funds->second = funds->second + (o.buys() ? quantity : cost);
  if (!o.is_open())
    end(o);
}

void book::end(order& o) {
  o.updated_at_ms = clock_.now_ms();
  auto funds = market_.funds.find(o.pays);
  auto spent = o.buys() ? o.executed_quote : o.executed;
  if (funds != market_.funds.end())
    funds->second = funds->second + o.reserved - spent;
}

void book::settle() {
  auto now = steady_ms();
  while (!due_.empty() && due_.begin()->first <= now) {
    auto [what, cancels] = due_.extract(due_.begin()).mapped();
    if (!what->is_open())
      continue;
    if (cancels)
      cancel(*what);
    else
      fill(*what, what->left());
  }
}

} // namespace fake
