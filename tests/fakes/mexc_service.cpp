// The control calls.
// Must not know sockets.
#include "tests/fakes/mexc_service.hpp"

#include <stdexcept>
#include <utility>

namespace fake {

namespace {

/// A control call that does not exist.
struct no_such_call {};

amount amount_of(const json& value, const std::string& name) {
  auto parsed =
      value.is_string() ? parse_amount(value.get<std::string>()) : std::nullopt;
  if (!parsed)
    throw std::invalid_argument(name + " is a decimal text, like \"0.5\"");
  return *parsed;
}

fill_mode fill_mode_of(const std::string& name) {
  if (name == "at_once")
    return fill_mode::at_once;
  if (name == "never")
    return fill_mode::never;
  if (name == "partial")
    return fill_mode::partial;
  if (name == "late")
    return fill_mode::late;
  throw std::invalid_argument("`fill` is at_once, never, partial or late");
}

answer shown(int status, const json& body) {
  return {status, body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

} // namespace

service::service(credentials who, std::uint64_t seed)
    : who_(std::move(who)), seed_(seed),
      exchange_(std::make_unique<exchange>(who_)), faults_(seed) {}

answer service::control(std::string_view method, std::string_view path,
                        std::string_view body) {
  try {
    if (method == "GET" && path == "/fake/book")
      return shown(200, exchange_->book_json());
    if (method == "GET" && path == "/fake/faults")
      return shown(200, faults_.left());
    if (method == "DELETE" && path == "/fake/faults") {
      faults_.clear();
      return shown(200, faults_.left());
    }
    if (method != "POST")
      throw no_such_call{};
    auto parsed = body.empty() ? json::object() : json::parse(body);
    return shown(200, carry_out(path, parsed));
  } catch (const no_such_call&) {
    return shown(404, {{"error", "there is no such call; docs/testing.md "
                                 "lists those there are"}});
  } catch (const std::exception& error) {
    return shown(400, {{"error", error.what()}});
  }
}

json service::carry_out(std::string_view path, const json& body) {
  if (path == "/fake/faults") {
    faults_.add(body);
    return faults_.left();
  }
  if (path == "/fake/chaos") {
    faults_.chaos(body);
    return json::object();
  }
  if (path == "/fake/clock") {
    auto& clock = exchange_->clock();
    clock.offset_ms = body.at("offsetMs").get<std::int64_t>();
    return {{"serverTime", clock.now_ms()}};
  }
  if (path == "/fake/market")
    return change_market(body);
  if (path == "/fake/fill")
    return fill(body);
  if (path == "/fake/symbols") {
    exchange_->symbols() = parse_symbols(body);
    return json::object();
  }
  if (path == "/fake/away") {
    away_until_ = steady_ms() + body.at("ms").get<std::int64_t>();
    return json::object();
  }
  if (path == "/fake/reset")
    return reset();
  throw no_such_call{};
}

json service::change_market(const json& body) {
  for (const auto& item : body.items()) {
    auto& name = item.key();
    if (name != "prices" && name != "balances" && name != "fill" &&
        name != "fillDelayMs")
      throw std::invalid_argument("the market has no \"" + name + "\"");
  }
  auto& conditions = exchange_->orders().conditions();
  auto changed = conditions;
  auto prices = body.value("prices", json::object());
  for (const auto& price : prices.items())
    changed.prices[price.key()] = amount_of(price.value(), "a price");
  auto balances = body.value("balances", json::object());
  for (const auto& fund : balances.items())
    changed.funds[fund.key()] = amount_of(fund.value(), "a balance");
  if (body.contains("fill"))
    changed.fills = fill_mode_of(body["fill"].get<std::string>());
  changed.delay_ms = body.value("fillDelayMs", changed.delay_ms);
  conditions = std::move(changed);
  return json::object();
}

json service::fill(const json& body) {
  auto& orders = exchange_->orders();
  orders.settle();
  auto client_id = body.at("clientOrderId").get<std::string>();
  auto found = orders.find_open(client_id);
  if (found == nullptr)
    throw std::invalid_argument("no open order has the client order id " +
                                client_id);
  auto quantity = found->left();
  if (body.contains("quantity"))
    quantity = amount_of(body["quantity"], "quantity");
  if (quantity.units == 0 || quantity > found->left())
    throw std::invalid_argument("quantity is above 0 and at most " +
                                to_text(found->left()));
  orders.fill(*found, quantity);
  return exchange::order_json(*found);
}

json service::reset() {
  exchange_ = std::make_unique<exchange>(who_);
  faults_ = fault_rules{seed_};
  ++epoch_;
  return json::object();
}

} // namespace fake
