// The table of calls, and the way of a request through it.
// Must not know Boost or what a call does.
#include "gateway/routes.hpp"

#include "dashboard/page_files.hpp"

#include <algorithm>
#include <iterator>
#include <span>

namespace holdfast {

namespace {

constexpr std::string_view batch_path = "/v1/locks:batch";
constexpr std::string_view positions_path = "/v1/positions";
constexpr std::string_view snapshot_path = "/v1/positions/snapshot";

std::string_view next_segment(std::string_view& path) {
  auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(segment.size() + 1, path.size()));
  return segment;
}

/// Sets `params` to the raw segments that stand for "{}".
bool matches(std::string_view pattern, std::string_view path,
             std::vector<std::string_view>& params) {
  params.clear();
  if (!path.starts_with(pattern.substr(0, pattern.find('{'))))
    return false; // most patterns do not even begin like it
  auto slashes = [](std::string_view text) {
    return std::count(text.begin(), text.end(), '/');
  };
  auto whole_pattern = pattern;
  auto whole_path = path;
  while (!pattern.empty() || !path.empty()) {
    auto wanted = next_segment(pattern);
    auto segment = next_segment(path);
    if (wanted == "{}" && !segment.empty())
      params.push_back(segment);
    else if (wanted != segment)
      return false;
  }
  // An empty last segment is one too: "/v1/locks/" is not "/v1/locks".
  return slashes(whole_pattern) == slashes(whole_path);
}

problem no_such_path(std::string_view path) {
  problem what;
  what.code = errc::not_found;
  what.detail = "There is no call " + std::string{path.substr(0, 256)} + ".";
  return what;
}

http_response wrong_method(std::string_view method,
                           const std::string& allowed) {
  auto out =
      to_response(http_fault::method_not_allowed,
                  std::string{method.substr(0, 32)} +
                      " is not possible here; possible are " + allowed + ".");
  out.headers.push_back({"Allow", allowed});
  return out;
}

bool is_json(const std::string* content_type) {
  if (content_type == nullptr)
    return false;
  std::string_view type{*content_type};
  type = type.substr(0, type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t'))
    type.remove_suffix(1);
  return equal_ignoring_case(type, "application/json");
}

bool is_empty_object(std::string_view body) {
  std::vector<json_member> members;
  std::string why;
  return split_members(body, {}, members, why) && members.empty();
}

std::optional<http_response> check_body(const route_row& row,
                                        const http_request& request) {
  if (request.body.empty())
    return std::nullopt;
  if (row.body == body_rule::none) {
    if (is_empty_object(request.body))
      return std::nullopt;
    return to_response(
        invalid_request("This call takes no body but an empty object."));
  }
  if (!is_json(request.find("Content-Type")))
    return to_response(http_fault::unsupported_media_type,
                       "The body must be JSON, with Content-Type "
                       "application/json.");
  return std::nullopt;
}

void enter(const route_row& row, api_context& api, const http_request& request,
           const reply& answer, std::span<const std::string_view> raw_params) {
  std::vector<std::string> params;
  for (auto raw : raw_params) {
    auto text = percent_decoded(raw);
    if (!text) {
      answer(to_response(invalid_request(
          "The path has a '%' that is not followed by two hexadecimal "
          "digits.")));
      return;
    }
    params.push_back(*std::move(text));
  }
  api_call call{api,
                request,
                answer,
                std::move(params),
                query_fields{request.query, row.query, row.lists},
                *request.caller};
  if (call.query.refusal())
    call.refuse(*call.query.refusal());
  else if (auto refusal = check_body(row, request))
    answer(*std::move(refusal));
  else
    row.call(call);
}

std::vector<route_row> lock_calls() {
  using enum body_rule;
  using enum scope;
  return {
      {"POST", "/v1/locks", trade, json, acquire_one, {}},
      {"POST", batch_path, trade, json, acquire_batch, {}},
      {"POST", "/v1/locks/{}/renew", trade, json, renew, {}, true},
      {"POST", "/v1/locks/{}/release", trade, json, release, {}, true},
      {"GET",
       "/v1/locks",
       read,
       none,
       show_locks,
       {"resourceId", "ownerId", "status", "limit", "cursor"}},
      {"GET", "/v1/locks/{}", read, none, show_lock, {}},
      {"DELETE",
       "/v1/locks/{}",
       operate,
       none,
       force_release_one,
       {"reason"},
       true},
      {"DELETE",
       "/v1/owners/{}/locks",
       operate,
       none,
       force_release_all,
       {"reason"},
       true},
      {"GET", "/v1/resources/{}", read, none, show_resource, {}},
      {"GET",
       "/v1/queue",
       read,
       none,
       show_queue,
       {"resourceId", "ownerId", "limit", "cursor"}},
      {"GET", "/v1/queue/{}", read, none, show_entry, {"waitMs"}},
      {"DELETE", "/v1/queue/{}", trade, none, cancel, {}, true},
      {"GET",
       "/v1/dead-letters",
       read,
       none,
       show_dead_letters,
       {"limit", "cursor"}},
      {"POST", "/v1/dead-letters/{}/requeue", operate, none, requeue, {}},
      {"DELETE", "/v1/dead-letters/{}", operate, none, discard, {}},
  };
}

std::vector<route_row> trade_calls() {
  using enum body_rule;
  using enum scope;
  return {
      {"POST", "/v1/trades", trade, json, make_trade, {}},
      {"GET",
       "/v1/trades",
       read,
       none,
       show_trades,
       {"resourceId", "ownerId", "status", "limit", "cursor"}},
      {"GET", "/v1/trades/{}", read, none, show_trade, {}},
      {"GET",
       "/v1/effects",
       read,
       none,
       show_effects,
       {"state", "limit", "cursor"}},
      {"GET", "/v1/effects/{}", read, none, show_effect, {}},
      {"POST",
       "/v1/effects/{}/resolve",
       operate,
       json,
       resolve_effect,
       {},
       true},
  };
}

std::vector<route_row> position_calls() {
  using enum body_rule;
  using enum scope;
  return {
      {"POST", positions_path, trade, json, take_positions, {}},
      {"POST", snapshot_path, trade, json, take_snapshot, {}},
      {"GET",
       positions_path,
       read,
       none,
       show_positions,
       {"accountId", "status", "limit", "cursor"}},
      {"GET",
       "/v1/signals",
       read,
       none,
       show_signals,
       {"accountId", "status", "limit", "cursor"}},
      {"GET", "/v1/signals/{}", read, none, show_signal, {}},
  };
}

std::vector<route_row> todays_calls() {
  using enum body_rule;
  using enum scope;
  return {
      {"GET",
       "/api/transaction-locks",
       read,
       none,
       today_locks,
       {"resourceId", "ownerId", "status", "limit"}},
      {"POST", "/api/transaction-locks", read, json, today_check, {}},
      {"DELETE",
       "/api/transaction-locks",
       operate,
       none,
       today_release,
       {"lockId", "ownerId", "force"},
       true},
      {"POST", "/api/mexc/trade", trade, json, today_trade, {}},
  };
}

std::vector<route_row> node_calls() {
  using enum body_rule;
  using enum scope;
  return {
      {"GET",
       "/v1/journal",
       read,
       none,
       show_journal,
       {"resourceId", "after", "cursor", "limit", "waitMs"}},
      {"GET",
       "/v1/events",
       read,
       none,
       stream_events,
       {"resourceId", "ownerId", "kind", "after"},
       false,
       {"kind"}},
      {"GET", "/v1/session", read, none, show_session, {}},
      {"POST", "/v1/pause", operate, none, pause, {}},
      {"POST", "/v1/resume", operate, none, resume, {}},
      {"GET", "/v1/stats", read, none, show_stats, {}},
      {"GET", "/metrics", read, none, show_metrics, {}},
      {"GET", "/healthz", open, none, show_alive, {}},
      {"GET", "/readyz", open, none, show_ready, {}},
  };
}

std::vector<route_row> page_calls() {
  std::vector<route_row> rows;
  for (auto& file : page_files())
    rows.push_back(
        {"GET", file.path, scope::open, body_rule::none, show_page, {}});
  return rows;
}

} // namespace

const std::vector<route_row>& route_table() {
  static const std::vector<route_row> rows = [] {
    std::vector<route_row> all;
    for (auto* calls : {lock_calls, trade_calls, position_calls, todays_calls,
                        node_calls, page_calls})
      std::ranges::move(calls(), std::back_inserter(all));
    return all;
  }();
  return rows;
}

const route_row* find_route(std::string_view method, std::string_view path) {
  std::vector<std::string_view> params;
  for (auto& row : route_table())
    if (row.method == method && matches(row.path, path, params))
      return &row;
  return nullptr;
}

std::size_t number_of(const route_row* row) {
  return row != nullptr
             ? static_cast<std::size_t>(row - route_table().data()) + 1
             : 0;
}

void route(api_context& api, const http_request& request, const reply& answer) {
  std::string allowed;
  std::vector<std::string_view> params;
  for (auto& row : route_table()) {
    if (!matches(row.path, request.path, params))
      continue;
    if (row.method == request.method) {
      enter(row, api, request, answer, params);
      return;
    }
    allowed += allowed.empty() ? "" : ", ";
    allowed += row.method == "GET" ? "GET, HEAD" : row.method;
  }
  if (allowed.empty())
    answer(to_response(no_such_path(request.path)));
  else
    answer(wrong_method(request.method, allowed));
}

std::size_t body_bytes_max(const gateway_options& options,
                           std::string_view path) {
  // A single position may have no more than any other request: its route sees
  // to that.
  auto has_many =
      path == batch_path || path == positions_path || path == snapshot_path;
  return has_many ? options.batch_bytes_max : options.body_bytes_max;
}

} // namespace holdfast
