// Its words for faults, and its control calls.
// Must not know sockets.
#include "tests/fakes/mexc_service.hpp"

#include <stdexcept>
#include <utility>

namespace fake {

namespace {

/// How MEXC's faults are called, and what a rule may say.
const fault_words& exchange_words() {
  static const fault_words words{
      .calls = {"order", "query", "cancel", "time", "info", "test"},
      .faults = {{fault::reject, "reject"},
                 {fault::status, "status"},
                 {fault::limit_429, "429"},
                 {fault::limit_418, "418"},
                 {fault::before_500, "500_before"},
                 {fault::after_500, "500_after"},
                 {fault::drop_request, "drop_request"},
                 {fault::drop_response, "drop_response"},
                 {fault::close_keepalive, "close_keepalive"},
                 {fault::hang_before, "hang_before", 30'000},
                 {fault::hang_after, "hang_after", 30'000},
                 {fault::delay_accept, "delay_accept", 1'000},
                 {fault::late_visible, "late_visible", 1'000, "order"},
                 {fault::late_visible_drop, "late_visible_drop", 1'000,
                  "order"},
                 {fault::malformed, "malformed"},
                 {fault::truncated, "truncated"},
                 {fault::huge, "huge"},
                 {fault::wrong_shape, "wrong_shape"},
                 {fault::slow_body, "slow_body", 100}},
      .matches = {{"clientOrderId"}, {"symbol"}},
      .status = "status",
      .code = "code",
      .message = "msg",
      .default_code = 30002,
      .wrong_shape = R"([{"data":{"orderId":{"nested":true}}}])",
  };
  return words;
}

std::string client_id_of(const api_request& request) {
  auto made = request.get("newClientOrderId");
  return made.empty() ? request.get("origClientOrderId") : made;
}

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

} // namespace

mexc_service::mexc_service(credentials who, std::uint64_t seed)
    : service(exchange_words(), seed), who_(std::move(who)),
      exchange_(std::make_unique<exchange>(who_)) {}

incoming mexc_service::arrived(const http_request& request) {
  auto taken = parse_request(request.method, request.target, request.body,
                             request.header("x-mexc-apikey"));
  exchange_->count(taken);
  fault_subject subject;
  if (taken.what != call::other)
    subject.call = name_of(taken.what);
  subject.key = client_id_of(taken);
  subject.fields = {{"clientOrderId", subject.key},
                    {"symbol", taken.get("symbol")}};
  return {subject, [this, taken](const fault_plan& plan) {
            auto late = plan.what == fault::late_visible ||
                        plan.what == fault::late_visible_drop;
            return exchange_->serve(taken, late ? plan.ms : 0);
          }};
}

answer mexc_service::refused(const fault_plan& plan) {
  switch (plan.what) {
  case fault::limit_429:
  case fault::limit_418: {
    exchange_->count_limited();
    auto reply = refusal(plan.what == fault::limit_429 ? 429 : 418, 429,
                         "Too Many Requests");
    reply.headers.emplace_back("Retry-After",
                               std::to_string(plan.retry_after_s));
    return reply;
  }
  case fault::before_500:
  case fault::after_500:
    return refusal(500, 500, "something went wrong; the execution is unknown");
  default:
    return refusal(plan.status, plan.code,
                   plan.message.empty() ? "refused as the test wants"
                                        : plan.message);
  }
}

json mexc_service::show(std::string_view path) {
  if (path != "/fake/book")
    throw no_such_call{};
  return exchange_->book_json();
}

json mexc_service::change(std::string_view path, const json& body) {
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
  throw no_such_call{};
}

json mexc_service::change_market(const json& body) {
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

json mexc_service::fill(const json& body) {
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

void mexc_service::start_anew() {
  exchange_ = std::make_unique<exchange>(who_);
}

} // namespace fake
