// Reports of positions, and the signals that they have become.
// Must not know Boost or how positions become signals.
#include "gateway/position_fields.hpp"
#include "gateway/routes.hpp"

#include <array>

namespace holdfast {

namespace {

constexpr std::array<std::string_view, 3> snapshot_members{
    "accountId", "positions", "takenAt"};

/// The rows of one call under way: those refused here have their problem, and
/// those of `events` get their place when they are answered.
struct report {
  std::vector<position_row> rows;
  std::vector<position_event> events;

  void add(read_report one) {
    auto& row = rows.emplace_back();
    row.account_id = one.event.account_id;
    row.position_id = one.event.position_id;
    if (one.why)
      row.why = *std::move(one.why);
    else
      events.push_back(std::move(one.event));
  }

  /// What became of `events`, in their order.
  void fill(std::vector<position_row>&& answers) {
    auto next = answers.begin();
    for (auto& row : rows)
      if (row.why.code == errc::none && next != answers.end())
        row = std::move(*next++);
  }
};

void append_json(json_writer& to, const position_row& x) {
  auto failed = x.why.code != errc::none;
  to.begin_object();
  // A row that could not be read has no ids.
  if (!x.account_id.empty())
    to.member("accountId", x.account_id);
  if (!x.position_id.empty())
    to.member("positionId", x.position_id);
  to.member("outcome", failed ? "failed" : to_string(x.outcome));
  if (x.signal)
    to.member("signalId", to_string(x.signal));
  if (failed)
    to.raw_member("problem", problem_json(x.why));
  to.end_object();
}

http_response to_report_response(const std::vector<position_row>& rows,
                                 const std::vector<position_row>& more = {}) {
  std::string body;
  json_writer to{body};
  to.begin_object().key("results").begin_array();
  for (auto* some : {&rows, &more})
    for (auto& row : *some)
      append_json(to, row);
  to.end_array().end_object();
  return json_response(200, std::move(body));
}

void send_report(const api_call& call, report what) {
  if (what.events.empty())
    return call.answer(to_report_response(what.rows));
  report_positions cmd;
  cmd.events = std::move(what.events);
  cmd.bound_to = call.identity.owner_id;
  call.bridge().request(
      call.api.positions, std::move(cmd),
      [reply = call.answer, what = std::move(what)](
          answer_or_problem<positions_reported> result) mutable {
        if (auto* refused = std::get_if<problem>(&result))
          return reply(to_response(*refused));
        what.fill(std::move(std::get<positions_reported>(result).rows));
        reply(to_report_response(what.rows));
      });
}

bool is_object(std::string_view json) {
  auto first = json.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && json[first] == '{';
}

void take_one(const api_call& call) {
  auto& options = call.api.options;
  auto size = call.request.body.size();
  if (size > options.body_bytes_max)
    return call.answer(to_response(
        http_fault::too_large,
        "A single position may have " + std::to_string(options.body_bytes_max) +
            " bytes; this one has " + std::to_string(size) + "."));
  auto one = read_position(call.request.body, {options.json_depth_max});
  if (!one.why)
    if (auto why = call.check_owner(one.event.account_id))
      return call.refuse(*why);
  report what;
  what.add(std::move(one));
  send_report(call, std::move(what));
}

/// A snapshot as it was sent, its rows not yet taken apart.
struct snapshot_fields {
  std::string account_id;
  std::vector<json_element> rows;
  std::int64_t taken_at_ms = 0; ///< 0: it does not say
};

std::variant<snapshot_fields, problem>
read_snapshot(const http_request& request) {
  body_fields body{request.body, {batch_depth_max}, snapshot_members};
  snapshot_fields out;
  out.account_id = body.required_text("accountId");
  auto rows = body.required_array("positions");
  auto taken_at = body.is_null("takenAt") ? "" : body.text("takenAt");
  if (body.refusal())
    return *body.refusal();
  if (!taken_at.empty()) {
    out.taken_at_ms = parse_timestamp(taken_at).value_or(0);
    if (out.taken_at_ms == 0)
      return invalid_request("takenAt is no time such as "
                             "\"2026-11-22T15:36:35.123Z\".");
  }
  std::string why;
  if (!split_elements(rows, {batch_depth_max}, out.rows, why))
    return invalid_request("positions is " + why + ".");
  return out;
}

/// Why a row has no place in a list of `account`'s open positions.
std::optional<problem> check_listed(const position_event& event,
                                    const std::string& account) {
  if (event.account_id != account)
    return invalid_request("accountId is not the snapshot's; a snapshot is of "
                           "one account.");
  if (event.change == position_change::closed)
    return invalid_request("event is closed; a snapshot lists what is open.");
  return std::nullopt;
}

void send_snapshot(const api_call& call, report_snapshot cmd, report what) {
  cmd.events = std::move(what.events);
  // What a bad row meant is not known: it may be what seems to be missing.
  cmd.close_missing = cmd.events.size() == what.rows.size();
  cmd.bound_to = call.identity.owner_id;
  call.bridge().request(
      call.api.positions, std::move(cmd),
      [reply = call.answer, what = std::move(what)](
          answer_or_problem<snapshot_reported> result) mutable {
        if (auto* refused = std::get_if<problem>(&result))
          return reply(to_response(*refused));
        auto& answer = std::get<snapshot_reported>(result);
        what.fill(std::move(answer.rows));
        reply(to_report_response(what.rows, answer.closed));
      });
}

/// The filters that positions and signals share.
list_positions read_list(query_fields& query) {
  list_positions cmd;
  cmd.account_id = query.text("accountId");
  cmd.page = read_page(query);
  return cmd;
}

/// What a signal can be filtered by.
enum class signal_status : std::uint8_t { active, closed };

bool from_string(std::string_view text, signal_status& x) {
  x = text == "active" ? signal_status::active : signal_status::closed;
  return text == "active" || text == "closed";
}

} // namespace

void take_positions(api_call& call) {
  if (is_object(call.request.body))
    return take_one(call);
  std::vector<json_element> elements;
  std::string why;
  if (!split_elements(call.request.body, {batch_depth_max}, elements, why))
    return call.refuse(
        invalid_request("The body is " + why +
                        ". Expected is a position, or an array of them."));
  if (elements.empty())
    return call.refuse(invalid_request(
        "The array is empty; expected are the positions to report. That an "
        "account has none is told to /v1/positions/snapshot."));
  report what;
  for (auto& element : elements) {
    auto one = read_position(element.value, {call.api.options.json_depth_max});
    if (!one.why)
      one.why = call.check_owner(one.event.account_id);
    what.add(std::move(one));
  }
  send_report(call, std::move(what));
}

void take_snapshot(api_call& call) {
  auto read = read_snapshot(call.request);
  if (auto* refused = std::get_if<problem>(&read))
    return call.refuse(*refused);
  auto& fields = std::get<snapshot_fields>(read);
  if (auto why = call.check_owner(fields.account_id))
    return call.refuse(*why);
  report what;
  for (auto& row : fields.rows) {
    auto one = read_position(row.value, {call.api.options.json_depth_max},
                             fields.account_id);
    if (!one.why)
      one.why = check_listed(one.event, fields.account_id);
    what.add(std::move(one));
  }
  report_snapshot cmd;
  cmd.account_id = std::move(fields.account_id);
  cmd.taken_at_ms = fields.taken_at_ms;
  send_snapshot(call, std::move(cmd), std::move(what));
}

void show_positions(api_call& call) {
  auto cmd = read_list(call.query);
  cmd.any_status =
      !call.query.choice("status", "processing, completed, failed", cmd.status);
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  forward(call, call.api.queries, std::move(cmd));
}

void show_signals(api_call& call) {
  auto cmd = read_list(call.query);
  cmd.signals = true;
  auto status = signal_status::active;
  cmd.any_open = !call.query.choice("status", "active, closed", status);
  cmd.open = status == signal_status::active;
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  call.bridge().request(
      call.api.queries, std::move(cmd),
      [reply = call.answer](const answer_or_problem<position_page>& result) {
        if (auto* refused = std::get_if<problem>(&result))
          return reply(to_response(*refused));
        auto& page = std::get<position_page>(result);
        reply(json_response(200, to_json(signal_page_view{page})));
      });
}

void show_signal(api_call& call) {
  auto id = call.id_param<id_kind::signal>("signal");
  if (!id)
    return;
  call.bridge().request(
      call.api.queries, get_position{*id},
      [reply = call.answer](const answer_or_problem<position_record>& result) {
        if (auto* refused = std::get_if<problem>(&result))
          return reply(to_response(*refused));
        auto& position = std::get<position_record>(result);
        reply(json_response(200, to_json(signal_view{position})));
      });
}

} // namespace holdfast
