// The operator's desk: queue entries, dead letters, pausing, health, and who
// sits at it.
// Must not know Boost or how anything is decided.
#include "gateway/metrics_page.hpp"
#include "gateway/routes.hpp"

namespace holdfast {

namespace {

std::string place_of(const entry_view& x) {
  return "/v1/queue/" + to_string(x.record.id);
}

std::string place_of(const effect_record& x) {
  return "/v1/effects/" + to_string(x.id);
}

template <class T>
http_response to_requeue_response(const answer_or_problem<T>& result) {
  auto out = to_response(result, 202);
  if (auto* requeued = std::get_if<T>(&result))
    out.headers.push_back({"Location", place_of(*requeued)});
  return out;
}

http_response
to_discard_response(const answer_or_problem<dead_letter>& result) {
  if (auto* refused = std::get_if<problem>(&result))
    return to_response(*refused);
  http_response out;
  out.status = 204;
  return out;
}

http_response to_health_response(const answer_or_problem<health>& result) {
  health now;
  if (auto* refused = std::get_if<problem>(&result))
    now.detail = refused->detail;
  else
    now = std::get<health>(result);
  auto out = json_response(now.ready ? 200 : 503, to_json(now));
  if (!now.ready)
    out.headers.push_back({"Retry-After", "1"});
  return out;
}

void set_pause(const api_call& call, bool paused) {
  if (!call.identity.owner_id.empty()) {
    problem why;
    why.code = errc::forbidden;
    why.detail = "The token '" + call.identity.name +
                 "' acts for one owner alone; this concerns all of them.";
    return call.refuse(why);
  }
  call.bridge().request(
      call.api.locks, set_paused{paused, call.identity.name},
      [paused, reply = call.answer](const answer_or_problem<bool>& before) {
        if (auto* refused = std::get_if<problem>(&before))
          reply(to_response(*refused));
        else
          reply(json_response(200, paused ? R"({"paused":true})"
                                          : R"({"paused":false})"));
      });
}

} // namespace

void cancel(api_call& call) {
  auto id = call.id_param<id_kind::entry>("queue entry");
  if (!id)
    return;
  cancel_entry cmd;
  cmd.id = *id;
  cmd.actor = call.identity.name;
  cmd.bound_to = call.identity.owner_id;
  forward(call, call.api.locks, std::move(cmd));
}

void requeue(api_call& call) {
  auto id = call.id_param<id_kind::dead_letter>("dead letter");
  if (!id)
    return;
  requeue_dead_letter cmd;
  cmd.id = *id;
  cmd.actor = call.identity.name;
  cmd.bound_to = call.identity.owner_id;
  call.bridge().request(
      call.api.locks, std::move(cmd),
      [&bridge = call.bridge(), &queries = call.api.queries,
       reply = call.answer](const answer_or_problem<entry_view>& result) {
        auto* entry = std::get_if<entry_view>(&result);
        if (entry == nullptr || !entry->effect)
          return reply(to_requeue_response(result));
        // A message waits in no queue: it is sent again as it is.
        bridge.request(queries, get_effect{entry->effect},
                       [reply](const answer_or_problem<effect_record>& effect) {
                         reply(to_requeue_response(effect));
                       });
      });
}

void discard(api_call& call) {
  auto id = call.id_param<id_kind::dead_letter>("dead letter");
  if (!id)
    return;
  discard_dead_letter cmd;
  cmd.id = *id;
  cmd.actor = call.identity.name;
  cmd.bound_to = call.identity.owner_id;
  call.bridge().request(
      call.api.locks, std::move(cmd),
      [reply = call.answer](const answer_or_problem<dead_letter>& result) {
        reply(to_discard_response(result));
      });
}

void pause(api_call& call) { set_pause(call, true); }

void resume(api_call& call) { set_pause(call, false); }

void show_stats(api_call& call) {
  forward(call, call.api.queries, get_stats{});
}

void show_session(api_call& call) {
  std::string out;
  json_writer to{out};
  to.begin_object()
      .member("name", call.identity.name)
      .member("scope", to_string(call.identity.level));
  if (!call.identity.owner_id.empty())
    to.member("ownerId", call.identity.owner_id);
  to.end_object();
  call.answer(json_response(200, std::move(out)));
}

void show_metrics(api_call& call) {
  call.bridge().request(
      call.api.queries, get_metrics{},
      [&api = call.api,
       reply = call.answer](const answer_or_problem<node_metrics>& result) {
        auto* known = std::get_if<node_metrics>(&result);
        if (known == nullptr)
          return reply(to_response(std::get<problem>(result)));
        http_response out;
        out.content_type = metrics_type;
        out.body = metrics_text(
            *known, {api.requests, api.streams.open, api.streams.too_slow});
        reply(std::move(out));
      });
}

void show_alive(api_call& call) {
  call.answer(json_response(200, R"({"status":"ok"})"));
}

void show_ready(api_call& call) {
  call.bridge().request(
      call.api.queries, get_health{},
      [reply = call.answer](const answer_or_problem<health>& result) {
        reply(to_health_response(result));
      });
}

} // namespace holdfast
