// Reads rules and picks the one for a request.
// Must not know what a call means.
#include "tests/fakes/mexc_faults.hpp"

#include <array>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace fake {

namespace {

using namespace std::string_literals;

struct fault_name {
  fault what;
  std::string_view name;
  std::int64_t default_ms;
};

constexpr std::array<fault_name, 19> names{{
    {fault::reject, "reject", 0},
    {fault::status, "status", 0},
    {fault::limit_429, "429", 0},
    {fault::limit_418, "418", 0},
    {fault::before_500, "500_before", 0},
    {fault::after_500, "500_after", 0},
    {fault::drop_request, "drop_request", 0},
    {fault::drop_response, "drop_response", 0},
    {fault::close_keepalive, "close_keepalive", 0},
    {fault::hang_before, "hang_before", 30'000},
    {fault::hang_after, "hang_after", 30'000},
    {fault::delay_accept, "delay_accept", 1'000},
    {fault::late_visible, "late_visible", 1'000},
    {fault::late_visible_drop, "late_visible_drop", 1'000},
    {fault::malformed, "malformed", 0},
    {fault::truncated, "truncated", 0},
    {fault::huge, "huge", 0},
    {fault::wrong_shape, "wrong_shape", 0},
    {fault::slow_body, "slow_body", 100},
}};

fault_plan plan_of(const std::string& name) {
  for (const auto& known : names)
    if (known.name == name) {
      fault_plan plan;
      plan.what = known.what;
      plan.ms = known.default_ms;
      return plan;
    }
  auto text = "there is no fault \"" + name + "\"; there are";
  for (const auto& known : names)
    text += " " + std::string{known.name};
  throw std::invalid_argument(text);
}

void refuse_others(const json& given, const std::set<std::string>& known) {
  if (!given.is_object())
    throw std::invalid_argument("a rule is a JSON object");
  for (const auto& item : given.items())
    if (!known.contains(item.key()))
      throw std::invalid_argument("a rule has no \"" + item.key() + "\"");
}

std::int64_t count_in(const json& given, const char* name,
                      std::int64_t fallback) {
  if (!given.contains(name))
    return fallback;
  if (!given[name].is_number_unsigned())
    throw std::invalid_argument("`"s + name + "` is a number, not negative");
  return given[name].get<std::int64_t>();
}

/// splitmix64 over a text: every bit of the result depends on all of it.
std::uint64_t mixed(std::uint64_t seed, const std::string& text) {
  auto mix = [](std::uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  };
  auto state = mix(seed);
  for (unsigned char c : text)
    state = mix(state ^ c);
  return state;
}

std::string client_id_of(const api_request& request) {
  auto made = request.get("newClientOrderId");
  return made.empty() ? request.get("origClientOrderId") : made;
}

} // namespace

fault_rules::rule fault_rules::parse_rule(const json& given) {
  refuse_others(given,
                {"on", "fault", "times", "skip", "clientOrderId", "symbol",
                 "ms", "code", "msg", "status", "retryAfterS"});
  if (!given.contains("on") || !given.contains("fault"))
    throw std::invalid_argument("a rule needs `on` and `fault`");
  rule result;
  result.given = given;
  result.on = call_of(given["on"].get<std::string>());
  auto& plan = result.plan = plan_of(given["fault"].get<std::string>());
  auto late =
      plan.what == fault::late_visible || plan.what == fault::late_visible_drop;
  if (late && result.on != call::order)
    throw std::invalid_argument("only an order can become visible late");
  result.times = count_in(given, "times", 1);
  if (result.times == 0)
    throw std::invalid_argument("`times` is at least 1");
  result.skip = count_in(given, "skip", 0);
  result.client_order_id = given.value("clientOrderId", ""s);
  result.symbol = given.value("symbol", ""s);
  plan.ms = count_in(given, "ms", plan.ms);
  plan.status = static_cast<int>(count_in(given, "status", plan.status));
  plan.code = given.value("code", plan.code);
  plan.message = given.value("msg", ""s);
  plan.retry_after_s =
      static_cast<int>(count_in(given, "retryAfterS", plan.retry_after_s));
  if (plan.status < 200 || plan.status > 599)
    throw std::invalid_argument("`status` is from 200 to 599");
  return result;
}

void fault_rules::add(const json& body) {
  if (!body.is_object() || !body.contains("rules") || !body["rules"].is_array())
    throw std::invalid_argument("the body is {\"rules\": [{on, fault, …}]}");
  std::list<rule> parsed;
  for (const auto& given : body["rules"])
    parsed.push_back(parse_rule(given));
  rules_.splice(rules_.end(), parsed);
}

bool fault_rules::matches(const rule& r, const api_request& request) {
  return r.on == request.what &&
         (r.client_order_id.empty() ||
          r.client_order_id == client_id_of(request)) &&
         (r.symbol.empty() || r.symbol == request.get("symbol"));
}

fault_plan fault_rules::take(const api_request& request) {
  for (auto each = rules_.begin(); each != rules_.end(); ++each) {
    if (!matches(*each, request))
      continue;
    if (each->skip > 0) {
      --each->skip;
      continue;
    }
    auto plan = each->plan;
    if (--each->times == 0)
      rules_.erase(each);
    return plan;
  }
  return by_chance(request).value_or(fault_plan{});
}

std::optional<fault_plan> fault_rules::by_chance(const api_request& request) {
  if (per_mille_ == 0 || request.what == call::other)
    return std::nullopt;
  auto key = std::string{name_of(request.what)} + " " + client_id_of(request);
  auto& count = seen_[key];
  auto dice = mixed(seed_, key + " " + std::to_string(++count));
  if (dice % 1000 >= per_mille_)
    return std::nullopt;
  return chances_[dice / 1000 % chances_.size()];
}

void fault_rules::chaos(const json& body) {
  refuse_others(body, {"seed", "perMille", "faults", "ms"});
  auto seed = body.value("seed", default_seed_);
  auto per_mille = count_in(body, "perMille", 0);
  if (per_mille > 1000)
    throw std::invalid_argument("`perMille` is from 0 to 1000");
  std::vector<fault_plan> chances;
  for (const auto& name : body.value("faults", json::array())) {
    chances.push_back(plan_of(name.get<std::string>()));
    chances.back().ms = count_in(body, "ms", chances.back().ms);
  }
  if (per_mille > 0 && chances.empty())
    throw std::invalid_argument("`faults` names those to choose from");
  seed_ = seed;
  per_mille_ = static_cast<std::uint64_t>(per_mille);
  chances_ = std::move(chances);
  seen_.clear();
}

json fault_rules::left() const {
  auto rules = json::array();
  for (const auto& each : rules_) {
    auto shown = each.given;
    shown["times"] = each.times;
    shown["skip"] = each.skip;
    rules.push_back(shown);
  }
  return {{"rules", rules}};
}

} // namespace fake
