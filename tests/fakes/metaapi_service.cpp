// Paths, words for faults, and control calls.
// Must not know sockets.
#include "tests/fakes/metaapi_service.hpp"

#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/metaapi_time.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>
#include <utility>

namespace fake {

namespace {

constexpr std::int64_t deals_max = 1000;

/// How MetaApi's faults are called, and what a rule may say.
const fault_words& metaapi_words() {
  static const fault_words words{
      .calls = {"positions", "deals"},
      .faults = {{fault::status, "status"},
                 {fault::limit_429, "429"},
                 {fault::before_500, "500"},
                 {fault::drop_request, "drop"},
                 {fault::hang_before, "hang", 30'000},
                 {fault::malformed, "malformed"},
                 {fault::truncated, "truncated"},
                 {fault::wrong_shape, "wrong_shape"},
                 {fault::empty_body, "empty_body"},
                 {fault::html, "html"}},
      .matches = {{"accountId"}},
      .status = "code",
      .message = "message",
      .wrong_shape = R"({"positions":[],"deals":[]})",
  };
  return words;
}

std::string error_name(int status) {
  switch (status) {
  case 400:
    return "ValidationError";
  case 401:
    return "UnauthorizedError";
  case 403:
    return "ForbiddenError";
  case 404:
    return "NotFoundError";
  case 429:
    return "TooManyRequestsError";
  default:
    return "InternalError";
  }
}

/// Refused: thrown, and caught by `serve` alone.
struct refusal {
  std::string counter;
  int status;
  std::string message;
};

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> result;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    auto one = path.substr(0, path.find('/'));
    result.push_back(decoded_path(one));
    path.remove_prefix(one.size());
  }
  return result;
}

/// A number of the query string, from `least` to `most`.
std::int64_t number_in(std::string_view query, const std::string& name,
                       std::int64_t fallback, std::int64_t least,
                       std::int64_t most) {
  while (!query.empty()) {
    auto [key, text] = decoded_pair(next_piece(query));
    if (key != name)
      continue;
    std::int64_t value = 0;
    auto end = text.data() + text.size();
    auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || rest != end || value < least || value > most)
      throw refusal{"parameter", 400, name + " is out of its range"};
    return value;
  }
  return fallback;
}

void refuse_others(const json& body, const std::set<std::string>& known) {
  for (const auto& item : body.items())
    if (!known.contains(item.key()))
      throw std::invalid_argument("this call has no \"" + item.key() + "\"");
}

} // namespace

/// `/users/current/accounts/{id}/…`, taken apart.
struct metaapi_service::account_request {
  explicit account_request(const http_request& from)
      : token(from.header("auth-token")), query(from.query()) {
    auto path = segments_of(from.path());
    if (from.method != "GET" || path.size() < 5 || path[0] != "users" ||
        path[1] != "current" || path[2] != "accounts")
      return;
    account_id = path[3];
    if (path.size() == 5 && path[4] == "positions")
      call = "positions";
    if (path.size() == 8 && path[4] == "history-deals" && path[5] == "time") {
      call = "deals";
      start = path[6];
      end = path[7];
    }
  }

  std::string call; ///< positions or deals; empty: another
  std::string token;
  std::string account_id;
  std::string start;
  std::string end;
  std::string query;
};

metaapi_service::metaapi_service(std::string token, std::uint64_t seed)
    : service(metaapi_words(), seed), token_(std::move(token)) {}

incoming metaapi_service::arrived(const http_request& request) {
  account_request taken{request};
  ++requests_[taken.call.empty() ? "other" : taken.call];
  return {{taken.call, taken.account_id, {{"accountId", taken.account_id}}},
          [this, taken](const fault_plan&) { return serve(taken); }};
}

answer metaapi_service::serve(const account_request& request) {
  try {
    if (request.token != token_)
      throw refusal{"token", 401, "Authorization token invalid"};
    if (request.call.empty())
      throw refusal{"call", 404, "there is no such call"};
    auto found = accounts_.find(request.account_id);
    if (found == nullptr)
      throw refusal{"account", 404,
                    "Trading account with id " + request.account_id +
                        " not found"};
    if (request.call == "positions")
      return {200, text_of(json(found->positions))};
    return {200, text_of(deals_in(*found, request))};
  } catch (const refusal& why) {
    ++refused_[why.counter];
    return error(why.status, why.message);
  }
}

json metaapi_service::deals_in(const account& of,
                               const account_request& request) const {
  auto start = parse_time(request.start);
  auto end = parse_time(request.end);
  if (!start || !end)
    throw refusal{"parameter", 400, "startTime and endTime are ISO times"};
  auto offset = number_in(request.query, "offset", 0, 0, INT64_MAX);
  auto limit = number_in(request.query, "limit", deals_max, 1, deals_max);
  std::vector<account::deal> found;
  for (const auto& each : of.deals)
    if (*start <= each.time_ms && each.time_ms < *end &&
        each.visible_at_steady <= steady_ms())
      found.push_back(each);
  std::stable_sort(found.begin(), found.end(),
                   [](auto& a, auto& b) { return a.time_ms < b.time_ms; });
  auto list = json::array();
  for (auto i = static_cast<std::size_t>(offset);
       i < found.size() && list.size() < static_cast<std::size_t>(limit); ++i)
    list.push_back(found[i].what);
  return list;
}

answer metaapi_service::error(int status, const std::string& message) {
  return {status, text_of({{"id", ++last_error_},
                           {"error", error_name(status)},
                           {"message", message}})};
}

answer metaapi_service::refused(const fault_plan& plan) {
  if (plan.what == fault::before_500)
    return error(500, "something went wrong");
  if (plan.what != fault::limit_429)
    return error(plan.status, plan.message.empty() ? "refused as the test wants"
                                                   : plan.message);
  ++refused_["limit"];
  auto until = wall_ms() + plan.retry_after_s * 1000LL;
  json body{{"id", ++last_error_},
            {"error", error_name(429)},
            {"message", "too many requests; please wait and retry"},
            {"metadata", {{"recommendedRetryTime", time_text(until)}}}};
  return {429,
          text_of(body),
          {{"Retry-After", std::to_string(plan.retry_after_s)}}};
}

json metaapi_service::show(std::string_view path) {
  if (path != "/fake/accounts")
    throw no_such_call{};
  json requests, refusals;
  for (auto name : {"positions", "deals", "other"})
    requests[name] = requests_[name];
  for (auto name : {"token", "call", "account", "parameter", "limit"})
    refusals[name] = refused_[name];
  return {{"accounts", accounts_.state_json()},
          {"requests", requests},
          {"refused", refusals}};
}

json metaapi_service::change(std::string_view path, const json& body) {
  auto account = [&] { return body.at("accountId").get<std::string>(); };
  if (path == "/fake/positions") {
    refuse_others(body, {"accountId", "positions"});
    accounts_.set_positions(account(), body.at("positions"));
    return json::object();
  }
  if (path == "/fake/deals") {
    refuse_others(body, {"accountId", "deals", "afterMs"});
    accounts_.add_deals(account(), body.at("deals"),
                        body.value("afterMs", std::int64_t{0}));
    return json::object();
  }
  if (path == "/fake/open") {
    refuse_others(body, {"accountId", "position"});
    accounts_.open(account(), body.at("position"));
    return json::object();
  }
  if (path == "/fake/close") {
    refuse_others(
        body, {"accountId", "positionId", "price", "profit", "dealAfterMs"});
    return accounts_.close(account(),
                           {body.at("positionId").get<std::string>(),
                            body.at("price"), body.at("profit"),
                            body.value("dealAfterMs", std::int64_t{0})});
  }
  throw no_such_call{};
}

void metaapi_service::start_anew() {
  accounts_ = {};
  last_error_ = 0;
  requests_.clear();
  refused_.clear();
}

} // namespace fake
