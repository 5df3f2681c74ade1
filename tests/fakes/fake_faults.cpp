// Reads rules and picks the one for a request.
// Must not know what a call means.
#include "tests/fakes/fake_faults.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace fake {

namespace {

using namespace std::string_literals;

void refuse_others(const json& given, const std::set<std::string>& known) {
  if (!given.is_object())
    throw std::invalid_argument("a rule is a JSON object");
  for (const auto& item : given.items())
    if (!known.contains(item.key()))
      throw std::invalid_argument("a rule has no \"" + item.key() + "\"");
}

std::int64_t count_in(const json& given, const std::string& name,
                      std::int64_t fallback) {
  if (!given.contains(name))
    return fallback;
  if (!given[name].is_number_unsigned())
    throw std::invalid_argument("`" + name + "` is a number, not negative");
  return given[name].get<std::int64_t>();
}

/// An id may be written as a number, too.
std::string text_in(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
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

} // namespace

const fault_name& fault_rules::name_of(const std::string& name) const {
  for (const auto& known : words_->faults)
    if (known.name == name)
      return known;
  auto text = "there is no fault \"" + name + "\"; there are";
  for (const auto& known : words_->faults)
    text += " " + std::string{known.name};
  throw std::invalid_argument(text);
}

fault_plan fault_rules::plan_of(const std::string& name) const {
  const auto& known = name_of(name);
  fault_plan plan;
  plan.what = known.what;
  plan.ms = known.default_ms;
  plan.code = words_->default_code;
  return plan;
}

std::string fault_rules::call_of(const std::string& name) const {
  std::string listed;
  for (auto known : words_->calls) {
    if (known == name)
      return name;
    listed += (listed.empty() ? "" : ", ") + std::string{known};
  }
  throw std::invalid_argument("`on` is one of " + listed + ", not " + name);
}

fault_rules::rule fault_rules::parse_rule(const json& given) const {
  std::set<std::string> known{"on",   "fault", "times",
                              "skip", "ms",    "retryAfterS"};
  for (auto word : {words_->status, words_->code, words_->message})
    if (!word.empty())
      known.emplace(word);
  for (const auto& match : words_->matches)
    known.emplace(match.field);
  refuse_others(given, known);
  if (!given.contains("on") || !given.contains("fault"))
    throw std::invalid_argument("a rule needs `on` and `fault`");
  rule result;
  result.given = given;
  result.on = call_of(given["on"].get<std::string>());
  auto fault = given["fault"].get<std::string>();
  auto only_on = name_of(fault).only_on;
  if (!only_on.empty() && result.on != only_on)
    throw std::invalid_argument(fault + " can happen to only an " +
                                std::string{only_on});
  result.times = count_in(given, "times", 1);
  if (result.times == 0)
    throw std::invalid_argument("`times` is at least 1");
  result.skip = count_in(given, "skip", 0);
  for (const auto& match : words_->matches) {
    std::string field{match.field};
    if (given.contains(field))
      result.wanted[field] = text_in(given[field]);
  }
  auto& plan = result.plan = plan_of(fault);
  plan.ms = count_in(given, "ms", plan.ms);
  plan.retry_after_s =
      static_cast<int>(count_in(given, "retryAfterS", plan.retry_after_s));
  plan.status = static_cast<int>(
      count_in(given, std::string{words_->status}, plan.status));
  plan.code = given.value(std::string{words_->code}, plan.code);
  plan.message = given.value(std::string{words_->message}, ""s);
  if (plan.status < 200 || plan.status > 599)
    throw std::invalid_argument("`" + std::string{words_->status} +
                                "` is from 200 to 599");
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

bool fault_rules::matches(const rule& r, const fault_subject& request) const {
  auto suits = [&](const fault_match& match) {
    auto wanted = r.wanted.find(std::string{match.field});
    if (wanted == r.wanted.end() || wanted->second.empty())
      return true;
    auto found = request.fields.find(wanted->first);
    if (found == request.fields.end())
      return false;
    return match.part ? found->second.find(wanted->second) != std::string::npos
                      : found->second == wanted->second;
  };
  return r.on == request.call &&
         std::all_of(words_->matches.begin(), words_->matches.end(), suits);
}

fault_plan fault_rules::take(const fault_subject& request) {
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

std::optional<fault_plan> fault_rules::by_chance(const fault_subject& request) {
  if (per_mille_ == 0 || request.call.empty())
    return std::nullopt;
  auto key = request.call + " " + request.key;
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
