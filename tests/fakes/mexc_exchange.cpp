// Key, signature, time window; the calls that look at orders.
// Must not know sockets or faults.
#include "tests/fakes/mexc_exchange.hpp"

#include "tests/fakes/mexc_refused.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>

namespace fake {

namespace {

constexpr std::int64_t ahead_max_ms = 1000;
constexpr std::int64_t window_default_ms = 5000;
constexpr std::int64_t window_max_ms = 60'000;

using name_set = std::set<std::string>;

/// What MEXC documents for a call. There is no timeInForce.
const name_set& known_parameters(call what) {
  static const name_set none;
  static const name_set info{"symbol", "symbols"};
  static const name_set placing{
      "symbol",           "side",          "type",
      "quantity",         "quoteOrderQty", "price",
      "newClientOrderId", "recvWindow",    "timestamp",
      "signature"};
  static const name_set naming{"symbol",     "orderId",   "origClientOrderId",
                               "recvWindow", "timestamp", "signature"};
  switch (what) {
  case call::order:
  case call::test:
    return placing;
  case call::query:
  case call::cancel:
    return naming;
  case call::info:
    return info;
  default:
    return none;
  }
}

bool is_signed(call what) {
  return what == call::order || what == call::test || what == call::query ||
         what == call::cancel;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || value < 0)
    return std::nullopt;
  return value;
}

/// What a query and a cancellation answer.
json state_json(const order& o) {
  return {
      {"symbol", o.symbol},
      {"orderId", o.id},
      {"orderListId", -1},
      {"clientOrderId", o.client_id},
      {"price", o.price.empty() ? "0" : o.price},
      {"origQty", o.quantity.empty() ? "0" : o.quantity},
      {"executedQty", to_text(o.executed)},
      {"cummulativeQuoteQty", to_text(o.executed_quote)},
      {"status", o.status},
      {"type", o.type},
      {"side", o.side},
  };
}

} // namespace

answer refusal(int status, int code, const std::string& message) {
  return {status, text_of({{"code", code}, {"msg", message}})};
}

void exchange::count(const api_request& request) {
  ++requests_[std::string{name_of(request.what)}];
}

answer exchange::serve(const api_request& request, std::int64_t hidden_ms) {
  book_.settle();
  try {
    return {200, dispatch(request, hidden_ms)};
  } catch (const refused& why) {
    if (!why.counter.empty())
      ++refused_[why.counter];
    return refusal(why.status, why.code, why.message);
  }
}

std::string exchange::dispatch(const api_request& request,
                               std::int64_t hidden_ms) {
  if (request.what == call::other)
    throw refused{"", 404, "there is no such call", 404};
  if (is_signed(request.what))
    check_access(request);
  check_parameters(request);
  switch (request.what) {
  case call::order:
    return placed(checked_order(request), hidden_ms);
  case call::test:
    checked_order(request);
    return "{}";
  case call::query:
    return queried(request);
  case call::cancel:
    return cancelled(request);
  case call::info:
    return info(request);
  default:
    return text_of({{"serverTime", clock_.now_ms()}});
  }
}

void exchange::check_access(const api_request& request) {
  if (request.api_key.empty())
    throw refused{"key", 700001, "the header X-MEXC-APIKEY is missing"};
  if (request.api_key != who_.api_key)
    throw refused{"key", 10072, "Invalid access key"};
  for (const char* name : {"timestamp", "signature"})
    if (request.get(name).empty())
      throw refused{"parameter", 700004,
                    "Mandatory parameter '" + std::string{name} +
                        "' was not sent, was empty or malformed."};
  if (request.get("signature") != sign(who_.secret, request.signed_text))
    throw refused{"signature", 700002,
                  "Signature for this request is not valid."};
  check_time(request);
}

void exchange::check_time(const api_request& request) {
  auto timestamp = whole_number(request.get("timestamp"));
  auto asked = request.get("recvWindow");
  auto window = asked.empty() ? window_default_ms : whole_number(asked);
  if (!timestamp || !window)
    throw refused{"parameter", 700004,
                  "timestamp and recvWindow are whole milliseconds"};
  if (*window > window_max_ms)
    throw refused{"time", 700005, "recvWindow must be at most 60000"};
  auto now = clock_.now_ms();
  if (*timestamp >= now + ahead_max_ms || now - *timestamp > *window)
    throw refused{"time", 700003,
                  "Timestamp for this request is outside of the recvWindow."};
}

void exchange::check_parameters(const api_request& request) {
  if (!request.repeated.empty())
    throw refused{"parameter", 700004,
                  "parameter '" + request.repeated + "' was sent twice"};
  const auto& known = known_parameters(request.what);
  for (const auto& [name, value] : request.parameters)
    if (!known.contains(name))
      throw refused{"parameter", 700004,
                    "parameter '" + name + "' is not known to this call"};
}

std::string exchange::placed(order o, std::int64_t hidden_ms) {
  o.visible_at_steady = steady_ms() + hidden_ms;
  const auto& entered = book_.accept(std::move(o));
  return text_of({
      {"symbol", entered.symbol},
      {"orderId", entered.id},
      {"orderListId", -1},
      {"price", entered.price.empty() ? "0" : entered.price},
      {"origQty", entered.quantity.empty() ? "0" : entered.quantity},
      {"type", entered.type},
      {"side", entered.side},
      {"transactTime", entered.accepted_at_ms},
  });
}

order* exchange::named_order(const api_request& request) {
  auto id = request.get("orderId");
  auto client_id = request.get("origClientOrderId");
  if (request.get("symbol").empty() || (id.empty() && client_id.empty()))
    throw refused{"parameter", 700004,
                  "symbol and one of orderId and origClientOrderId are "
                  "mandatory"};
  auto found = id.empty() ? book_.find_visible(client_id) : book_.find(id);
  if (found == nullptr || found->symbol != request.get("symbol") ||
      !found->is_visible())
    return nullptr;
  return found;
}

std::string exchange::queried(const api_request& request) {
  auto found = named_order(request);
  if (found == nullptr)
    throw refused{"", -2013, "Order does not exist."};
  auto result = state_json(*found);
  result["time"] = found->accepted_at_ms;
  result["updateTime"] = found->updated_at_ms;
  result["isWorking"] = true;
  if (!found->quote_quantity.empty())
    result["origQuoteOrderQty"] = found->quote_quantity;
  return text_of(result);
}

std::string exchange::cancelled(const api_request& request) {
  auto found = named_order(request);
  if (found == nullptr || !found->is_open())
    throw refused{"", -2011, "Unknown order sent."};
  book_.cancel(*found);
  auto result = state_json(*found);
  result["origClientOrderId"] = found->client_id;
  return text_of(result);
}

std::string exchange::info(const api_request& request) const {
  auto wanted = request.get("symbol");
  auto list = json::array();
  for (const auto& [name, rules] : symbols_)
    if (wanted.empty() || wanted == name)
      list.push_back(rules.listed);
  return text_of({{"timezone", "CST"},
                  {"serverTime", clock_.now_ms()},
                  {"rateLimits", json::array()},
                  {"exchangeFilters", json::array()},
                  {"symbols", list}});
}

json exchange::order_json(const order& o) {
  return {
      {"orderId", o.id},
      {"clientOrderId", o.client_id},
      {"symbol", o.symbol},
      {"side", o.side},
      {"type", o.type},
      {"price", o.price},
      {"quantity", o.quantity},
      {"quoteQuantity", o.quote_quantity},
      {"executedQuantity", to_text(o.executed)},
      {"executedQuote", to_text(o.executed_quote)},
      {"status", o.status},
      {"acceptedAtMs", o.accepted_at_ms},
  };
}

json exchange::book_json() {
  book_.settle();
  auto orders = json::array();
  for (const auto& each : book_.orders())
    orders.push_back(order_json(each));
  json requests, refusals;
  for (auto name : {"order", "query", "cancel", "time", "info", "test"})
    requests[name] = requests_[name];
  for (auto name : {"signature", "time", "key", "parameter", "limit"})
    refusals[name] = refused_[name];
  return {{"orders", orders}, {"requests", requests}, {"refused", refusals}};
}

} // namespace fake
