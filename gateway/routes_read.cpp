// Looking at locks, resources, the queue and the journal.
// Must not know Boost or where the answers are read.
#include "gateway/routes.hpp"

namespace holdfast {

namespace {

constexpr std::int64_t limit_default = 50;
constexpr std::int64_t limit_max = 1000;

/// Cursors are ours: any bytes that a query string can carry are handed to
/// whoever made them, and refused there.
constexpr std::size_t cursor_bytes_max = 2048;

/// Looks up where an entry waits, to say that its watcher is gone: the calls
/// that wait are kept by resource, which the caller never told.
void abandon_watch(actor_bridge& bridge, const locks_actor& locks, entry_id id,
                   std::uint64_t caller) {
  watch_entry look;
  look.id = id;
  look.claims = false; // nobody is left who could hear of it
  bridge.request(
      locks, std::move(look),
      [&bridge, &locks, caller](const answer_or_problem<entry_view>& found) {
        if (auto* entry = std::get_if<entry_view>(&found))
          bridge.tell(locks, abandon_wait{entry->record.work.resource, caller});
      });
}

/// Allows a long poll its time, and calls `act` if its caller hangs up.
template <class F>
void begin_wait(const api_call& call, std::int64_t wait_ms, F act) {
  if (wait_ms == 0)
    return;
  call.answer.answer_within(std::chrono::milliseconds{wait_ms} +
                            call.api.options.limits.answer_timeout);
  caller_watch::over(call.answer)->when_gone(std::move(act));
}

} // namespace

page_request read_page(query_fields& query) {
  page_request page;
  page.limit = static_cast<std::uint32_t>(
      query.integer("limit", 1, limit_max, limit_default));
  page.cursor = query.text("cursor", 1, cursor_bytes_max);
  return page;
}

void show_locks(api_call& call) {
  list_locks cmd;
  cmd.resource = call.query.text("resourceId");
  cmd.owner_id = call.query.text("ownerId");
  cmd.any_status = !call.query.choice(
      "status", "active, released, failed, expired, force_released, in_doubt",
      cmd.status);
  cmd.page = read_page(call.query);
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  forward(call, call.api.queries, std::move(cmd));
}

void show_lock(api_call& call) {
  if (auto id = call.id_param<id_kind::lock>("lock"))
    forward(call, call.api.queries, get_lock{*id});
}

void show_resource(api_call& call) {
  if (call.check_param("resourceId"))
    forward(call, call.api.queries, get_resource{call.params.front()});
}

void show_queue(api_call& call) {
  list_queue cmd;
  cmd.resource = call.query.text("resourceId");
  cmd.owner_id = call.query.text("ownerId");
  cmd.page = read_page(call.query);
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  forward(call, call.api.queries, std::move(cmd));
}

void show_entry(api_call& call) {
  auto id = call.id_param<id_kind::entry>("queue entry");
  if (!id)
    return;
  watch_entry cmd;
  cmd.id = *id;
  cmd.wait_ms = call.query.integer("waitMs", 0, wait_max_ms, 0);
  // Who may only look must not keep a lock from its end by looking.
  cmd.claims = call.identity.may(scope::trade);
  cmd.bound_to = call.identity.owner_id;
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  cmd.caller = call.api.next_caller();
  begin_wait(
      call, cmd.wait_ms,
      [&bridge = call.bridge(), &locks = call.api.locks, id = *id,
       caller = cmd.caller] { abandon_watch(bridge, locks, id, caller); });
  forward(call, call.api.locks, std::move(cmd));
}

void show_dead_letters(api_call& call) {
  list_dead_letters cmd;
  cmd.page = read_page(call.query);
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  forward(call, call.api.queries, std::move(cmd));
}

void show_journal(api_call& call) {
  read_journal cmd;
  cmd.resource = call.query.text("resourceId");
  cmd.limit = static_cast<std::uint32_t>(
      call.query.integer("limit", 1, limit_max, limit_default));
  cmd.wait_ms = call.query.integer("waitMs", 0, wait_max_ms, 0);
  auto from = call.query.has("cursor") ? "cursor" : "after";
  cmd.after =
      static_cast<std::uint64_t>(call.query.integer(from, 0, seq_max, 0));
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  if (call.query.has("cursor") && call.query.has("after"))
    return call.refuse(invalid_request(
        "after and cursor exclude each other: both say where to go on."));
  cmd.caller = call.api.next_caller();
  begin_wait(call, cmd.wait_ms,
             [&bridge = call.bridge(), &queries = call.api.queries,
              gone = abandon_wait{cmd.resource, cmd.caller}] {
               bridge.tell(queries, gone);
             });
  forward(call, call.api.queries, std::move(cmd));
}

} // namespace holdfast
