// /api/transaction-locks of the service that Holdfast replaces, in its shapes:
// `{success, data?, error?, message?}`.
// Must not know Boost or how anything is decided.
#include "gateway/routes.hpp"
#include "gateway/today.hpp"

#include <algorithm>
#include <array>

namespace holdfast {

namespace {

constexpr std::uint32_t locks_default = 50;
constexpr std::uint32_t queue_default = 20;

void member_or_null(json_writer& to, std::string_view name,
                    std::string_view text) {
  to.key(name);
  if (text.empty())
    to.null();
  else
    to.value(text);
}

void time_or_null(json_writer& to, std::string_view name, std::int64_t at_ms) {
  member_or_null(to, name, at_ms == 0 ? std::string{} : timestamp(at_ms));
}

/// The old service knew four statuses; a lock in doubt is held.
std::string_view old_status(lock_status x) {
  switch (x) {
  case lock_status::in_doubt:
    return "active";
  case lock_status::force_released:
    return "released";
  default:
    return to_string(x);
  }
}

void append_transaction(json_writer& to, const transaction& work) {
  to.member("resourceId", work.resource);
  member_or_null(to, "idempotencyKey", work.idempotency_key);
  to.member("ownerId", work.owner_id)
      .member("ownerType", to_string(work.owner))
      .member("transactionType", to_string(work.type));
  // JSON inside a string, as the old service's database had it.
  member_or_null(to, "transactionData", work.data);
  to.member("priority", work.priority);
}

void append_row(json_writer& to, const lock_record& x) {
  auto id = to_string(x.id);
  auto forced = x.status == lock_status::force_released;
  to.begin_object().member("id", id).member("lockId", id);
  append_transaction(to, x.work);
  to.member("status", old_status(x.status)).member("lockType", "exclusive");
  member_or_null(to, "result", x.result);
  member_or_null(to, "errorMessage",
                 forced && x.error.empty() ? "force released" : x.error);
  to.member("maxRetries", x.work.max_retries)
      .member("currentRetries", x.attempts > 1 ? x.attempts - 1 : 0U)
      .member("timeoutMs", x.work.timeout_ms);
  time_or_null(to, "acquiredAt", x.acquired_at_ms);
  time_or_null(to, "createdAt", x.requested_at_ms);
  time_or_null(to, "expiresAt", x.expires_at_ms);
  time_or_null(to, "releasedAt", x.released_at_ms);
  time_or_null(to, "updatedAt",
               x.released_at_ms != 0 ? x.released_at_ms : x.acquired_at_ms);
  to.end_object();
}

void append_row(json_writer& to, const entry_view& x) {
  auto id = to_string(x.record.id);
  // It has no lock yet: until then the entry's id names the transaction.
  to.begin_object().member("queueId", id).member("lockId", id);
  append_transaction(to, x.record.work);
  to.member("status", "pending")
      .member("queuedAt", timestamp(x.record.queued_at_ms))
      .member("position", x.position)
      .end_object();
}

template <class Items>
void append_rows(json_writer& to, std::string_view name, const Items& items) {
  to.key(name).begin_array();
  for (auto& item : items)
    append_row(to, item);
  to.end_array();
}

/// What the list is made of, collected one query after the other.
struct today_list {
  std::vector<lock_status> statuses; ///< still to be asked for
  list_locks locks;
  list_queue queue;
  std::vector<lock_record> found;
  std::vector<entry_view> waiting;
};

std::string list_json(today_list& all, const stats& now) {
  std::ranges::sort(all.found, std::ranges::greater{},
                    [](const auto& lock) { return lock.id.number; });
  if (all.found.size() > all.locks.page.limit)
    all.found.resize(all.locks.page.limit);
  std::string body;
  json_writer to{body};
  to.begin_object().member("success", true).key("data").begin_object();
  append_rows(to, "locks", all.found);
  append_rows(to, "queue", all.waiting);
  to.key("stats")
      .begin_object()
      .member("activeLocks", now.active_locks + now.in_doubt)
      .member("expiredLocks", now.expired)
      .member("queueLength", now.queue_length)
      .member("recentlyCompleted", now.released)
      .member("recentlyFailed", now.failed)
      .end_object()
      .end_object()
      .end_object();
  return body;
}

using today_list_ptr = std::shared_ptr<today_list>;

void list_stats(actor_bridge& bridge, const queries_actor& queries,
                const reply& answer, const today_list_ptr& all) {
  bridge.request(
      queries, get_stats{},
      [answer, all](const answer_or_problem<stats>& result) {
        if (auto* refused = std::get_if<problem>(&result))
          answer(to_response(*refused));
        else
          answer(json_response(200, list_json(*all, std::get<stats>(result))));
      });
}

void list_waiting(actor_bridge& bridge, const queries_actor& queries,
                  const reply& answer, const today_list_ptr& all) {
  bridge.request(
      queries, all->queue,
      [&bridge, &queries, answer, all](answer_or_problem<entry_page> result) {
        if (auto* refused = std::get_if<problem>(&result))
          return answer(to_response(*refused));
        all->waiting = std::move(std::get<entry_page>(result).items);
        list_stats(bridge, queries, answer, all);
      });
}

void list_next(actor_bridge& bridge, const queries_actor& queries,
               const reply& answer, const today_list_ptr& all) {
  if (!all->locks.any_status) {
    all->locks.status = all->statuses.back();
    all->statuses.pop_back();
  }
  bridge.request(
      queries, all->locks,
      [&bridge, &queries, answer, all](answer_or_problem<lock_page> result) {
        if (auto* refused = std::get_if<problem>(&result))
          return answer(to_response(*refused));
        std::ranges::move(std::get<lock_page>(result).items,
                          std::back_inserter(all->found));
        if (all->statuses.empty())
          list_waiting(bridge, queries, answer, all);
        else
          list_next(bridge, queries, answer, all);
      });
}

/// The statuses of today that are called so there; none: not known there.
std::vector<lock_status> statuses_of(std::string_view name) {
  if (name == "active")
    return {lock_status::active, lock_status::in_doubt};
  if (name == "released")
    return {lock_status::released, lock_status::force_released};
  if (name == "failed")
    return {lock_status::failed};
  if (name == "expired")
    return {lock_status::expired};
  return {};
}

http_response check_response(const resource_view& x) {
  std::string body;
  json_writer to{body};
  to.begin_object().member("success", true).key("data").begin_object();
  to.member("isLocked", x.locked)
      .member("lockCount", x.locked ? 1 : 0)
      .member("queueLength", x.queue.size());
  std::vector<lock_record> held;
  if (x.locked)
    held.push_back(x.lock);
  append_rows(to, "activeLocks", held);
  to.end_object().end_object();
  return json_response(200, std::move(body));
}

http_response
released_response(const answer_or_problem<force_released>& result) {
  if (auto* refused = std::get_if<problem>(&result))
    return to_response(*refused);
  auto count = std::get<force_released>(result).released;
  std::string body;
  json_writer to{body};
  to.begin_object()
      .member("success", true)
      .member("message", "Released " + std::to_string(count) +
                             (count == 1 ? " lock" : " locks"))
      .member("releasedCount", count)
      .end_object();
  return json_response(200, std::move(body));
}

} // namespace

void today_locks(api_call& call) {
  auto all = std::make_shared<today_list>();
  all->locks.resource = all->queue.resource = call.query.text("resourceId");
  all->locks.owner_id = all->queue.owner_id = call.query.text("ownerId");
  auto limit = call.query.integer("limit", 1, 1000, 0);
  all->locks.page.limit =
      limit != 0 ? static_cast<std::uint32_t>(limit) : locks_default;
  all->queue.page.limit =
      limit != 0 ? static_cast<std::uint32_t>(limit) : queue_default;
  auto status = call.query.text("status");
  if (call.query.refusal())
    return call.answer(to_response(*call.query.refusal()));
  if (!status.empty()) {
    all->statuses = statuses_of(status);
    all->locks.any_status = false;
    if (all->statuses.empty())
      return call.answer(failed_response(
          400, "status must be one of active, released, failed, expired"));
  }
  list_next(call.bridge(), call.api.queries, call.answer, all);
}

void today_check(api_call& call) {
  static constexpr std::array<std::string_view, 2> members{"action",
                                                           "resourceId"};
  body_fields body{
      call.request.body, {call.api.options.json_depth_max}, members};
  auto action = body.required_text("action");
  auto resource = body.required_text("resourceId");
  if (body.refusal())
    return call.answer(to_response(*body.refusal()));
  if (action != "check")
    return call.answer(failed_response(400, "action must be \"check\""));
  call.bridge().request(
      call.api.queries, get_resource{resource},
      [reply = call.answer](const answer_or_problem<resource_view>& result) {
        if (auto* refused = std::get_if<problem>(&result))
          reply(to_response(*refused));
        else
          reply(check_response(std::get<resource_view>(result)));
      });
}

void today_release(api_call& call) {
  auto lock = call.query.text("lockId");
  auto owner = call.query.text("ownerId");
  auto force = call.query.text("force");
  if (call.query.refusal())
    return call.answer(to_response(*call.query.refusal()));
  if (!force.empty() && force != "true")
    return call.answer(failed_response(
        400, "force must be true: this call releases by force"));
  if (lock.empty() == owner.empty())
    return call.answer(
        failed_response(400, "lockId or ownerId is needed, and not both"));
  auto answer =
      [reply = call.answer](const answer_or_problem<force_released>& result) {
        reply(released_response(result));
      };
  constexpr auto why = "released by /api/transaction-locks";
  const auto& who = call.identity;
  if (!owner.empty()) {
    if (auto foreign = call.check_owner(owner))
      return call.answer(to_response(*foreign));
    return call.bridge().request(
        call.api.locks, force_release_owner{owner, who.name, why}, answer);
  }
  auto id = parse_id<id_kind::lock>(lock);
  if (!id)
    return call.answer(failed_response(404, "there is no lock " + lock));
  call.bridge().request(call.api.locks,
                        force_release{{}, *id, who.name, why, who.owner_id},
                        answer);
}

http_response failed_response(unsigned status, std::string_view error,
                              std::string_view message) {
  std::string body;
  json_writer to{body};
  to.begin_object().member("success", false).member("error", error);
  if (!message.empty())
    to.member("message", message);
  to.end_object();
  return json_response(status, std::move(body));
}

std::optional<http_response> in_todays_words(std::string_view path,
                                             const http_response& refusal) {
  if (!path.starts_with("/api/") ||
      refusal.content_type != "application/problem+json")
    return std::nullopt;
  std::vector<json_member> members;
  std::string why;
  split_members(refusal.body, {}, members, why);
  auto text = [&](std::string_view name) {
    auto found = std::ranges::find(members, name, &json_member::name);
    return found == members.end()
               ? std::string{}
               : decode_string(found->value).value_or(std::string{});
  };
  auto out = failed_response(refusal.status, text("detail"), text("code"));
  out.headers = refusal.headers;
  return out;
}

} // namespace holdfast
