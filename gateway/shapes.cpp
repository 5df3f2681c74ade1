// The JSON of everything the API answers.
// Must not know HTTP, CAF or Boost.
#include "gateway/shapes.hpp"

#include <string_view>

namespace holdfast {

namespace {

void append_padded(std::string& out, std::uint64_t number, std::size_t digits) {
  char text[20]; // the largest number has as many
  auto begin = std::end(text);
  for (; number > 0 ||
         std::end(text) - begin < static_cast<std::ptrdiff_t>(digits);
       number /= 10)
    *--begin = static_cast<char>('0' + number % 10);
  out.append(begin, std::end(text));
}

void null_if_empty(json_writer& to, std::string_view name,
                   std::string_view text) {
  to.key(name);
  if (text.empty())
    to.null();
  else
    to.value(text);
}

void member_unless_empty(json_writer& to, std::string_view name,
                         std::string_view text) {
  if (!text.empty())
    to.member(name, text);
}

/// What a lock, an entry and a dead letter have in common.
void append_owner(json_writer& to, const transaction& work) {
  to.member("ownerId", work.owner_id)
      .member("ownerType", to_string(work.owner))
      .member("transactionType", to_string(work.type))
      .raw_member("transactionData", work.data);
  null_if_empty(to, "idempotencyKey", work.idempotency_key);
}

template <class Items>
void append_items(json_writer& to, const Items& items) {
  to.begin_array();
  for (auto& item : items)
    append_json(to, item);
  to.end_array();
}

template <class Page>
void append_page(json_writer& to, const Page& page,
                 std::string_view next_cursor) {
  to.begin_object().key("items");
  append_items(to, page.items);
  member_unless_empty(to, "nextCursor", next_cursor);
  to.end_object();
}

} // namespace

std::string from_milli(std::uint64_t milli) {
  auto out = std::to_string(milli / 1000);
  auto rest = milli % 1000;
  if (rest == 0)
    return out;
  out += '.';
  append_padded(out, rest, 3);
  out.erase(out.find_last_not_of('0') + 1);
  return out;
}

void append_json(json_writer& to, const lock_record& x) {
  to.begin_object()
      .member("lockId", to_string(x.id))
      .member("resourceId", x.work.resource)
      .member("fencingToken", x.token());
  append_owner(to, x.work);
  to.member("priority", x.work.priority)
      .member("timeoutMs", x.work.timeout_ms)
      .member("maxRetries", x.work.max_retries)
      .member("attempts", x.attempts)
      .member("status", to_string(x.status))
      .member("acquiredAt", timestamp(x.acquired_at_ms))
      .member("expiresAt", timestamp(x.expires_at_ms));
  if (x.released_at_ms != 0)
    to.member("releasedAt", timestamp(x.released_at_ms));
  if (!x.result.empty())
    to.raw_member("result", x.result);
  if (x.status == lock_status::failed || !x.error.empty())
    to.member("error", x.error);
  to.end_object();
}

void append_json(json_writer& to, const entry_view& x) {
  auto& record = x.record;
  to.begin_object()
      .member("entryId", to_string(record.id))
      .member("resourceId", record.work.resource);
  append_owner(to, record.work);
  to.member("priority", record.work.priority);
  if (x.position > 0)
    to.member("position", x.position);
  to.member("queuedAt", timestamp(record.queued_at_ms))
      .member("status", to_string(record.status));
  if (x.has_lock) {
    to.key("lock");
    append_json(to, x.lock);
  }
  to.end_object();
}

void append_json(json_writer& to, const acquire_answer& x) {
  to.begin_object();
  switch (x.outcome) {
  case acquire_outcome::granted:
    to.member("outcome", "granted").key("lock");
    append_json(to, x.lock);
    break;
  case acquire_outcome::replayed:
    to.member("outcome", "replayed").key("lock");
    append_json(to, x.lock);
    to.raw_member("result", x.lock.result);
    break;
  case acquire_outcome::queued:
    to.member("outcome", "queued").key("entry");
    append_json(to, x.entry);
    break;
  }
  to.end_object();
}

void append_json(json_writer& to, const force_released& x) {
  to.begin_object().member("released", x.released).end_object();
}

void append_json(json_writer& to, const resource_view& x) {
  to.begin_object().member("resourceId", x.resource).member("locked", x.locked);
  if (x.locked) {
    to.key("lock");
    append_json(to, x.lock);
  }
  to.key("queue");
  append_items(to, x.queue);
  to.end_object();
}

void append_json(json_writer& to, const dead_letter& x) {
  to.begin_object()
      .member("deadLetterId", to_string(x.id))
      .member("kind", x.kind)
      .member("resourceId", x.work.resource);
  append_owner(to, x.work);
  if (x.lock)
    to.member("lockId", to_string(x.lock));
  if (x.entry)
    to.member("entryId", to_string(x.entry));
  if (x.effect)
    to.member("effectId", to_string(x.effect));
  to.member("reason", x.reason)
      .member("attempts", x.attempts)
      .member("at", timestamp(x.at_ms))
      .end_object();
}

void append_json(json_writer& to, const journal_event& x) {
  to.begin_object()
      .member("seq", x.seq)
      .member("at", timestamp(x.at_ms))
      .member("kind", to_string(x.kind));
  member_unless_empty(to, "resourceId", x.resource);
  if (x.lock)
    to.member("lockId", to_string(x.lock))
        .member("fencingToken", x.lock.number);
  member_unless_empty(to, "ownerId", x.owner_id);
  member_unless_empty(to, "actor", x.actor);
  to.raw_member("detail", x.detail.empty() ? "{}" : x.detail).end_object();
}

void append_json(json_writer& to, const effect_record& x) {
  to.begin_object()
      .member("effectId", to_string(x.id))
      .member("kind", x.kind)
      .member("resourceId", x.resource)
      .member("ownerId", x.owner_id);
  // An emergency works beside the lock, not under one.
  if (x.lock && !x.beside)
    to.member("lockId", to_string(x.lock))
        .member("fencingToken", x.lock.number);
  to.member("state", to_string(x.state))
      .member("attempts", x.attempts)
      .raw_member("intent", x.intent);
  if (!x.outcome.empty())
    to.raw_member("outcome", x.outcome);
  to.member("createdAt", timestamp(x.created_at_ms))
      .member("updatedAt", timestamp(x.updated_at_ms))
      .end_object();
}

void append_json(json_writer& to, const stats& x) {
  to.begin_object()
      .member("paused", x.paused)
      .member("activeLocks", x.active_locks)
      .member("queueLength", x.queue_length)
      .member("inDoubt", x.in_doubt)
      .member("effectsUnknown", x.effects_unknown)
      .member("deadLetters", x.dead_letters)
      .member("resources", x.resources)
      .key("recent")
      .begin_object()
      .member("granted", x.granted)
      .member("released", x.released)
      .member("failed", x.failed)
      .member("expired", x.expired)
      .member("replayed", x.replayed)
      .member("windowSeconds", x.window_s)
      .end_object()
      .key("commit")
      .begin_object()
      .raw_member("perSecond", from_milli(x.commits_per_s_milli))
      .raw_member("opsPerCommit", from_milli(x.ops_per_commit_milli))
      .member("p50Us", x.commit_p50_us)
      .member("p99Us", x.commit_p99_us)
      .end_object()
      .key("alerts")
      .begin_array();
  for (const auto& alert : x.alerts)
    to.begin_object()
        .member("alert", to_string(alert.which))
        .member("text", alert.text)
        .member("since", timestamp(alert.since_ms))
        .end_object();
  to.end_array().end_object();
}

void append_json(json_writer& to, const health& x) {
  to.begin_object()
      .member("ready", x.ready)
      .member("detail", x.detail)
      .end_object();
}

void append_json(json_writer& to, const lock_page& x) {
  append_page(to, x, x.next_cursor);
}

void append_json(json_writer& to, const entry_page& x) {
  append_page(to, x, x.next_cursor);
}

void append_json(json_writer& to, const dead_letter_page& x) {
  append_page(to, x, x.next_cursor);
}

void append_json(json_writer& to, const trade_page& x) {
  append_page(to, x, x.next_cursor);
}

void append_json(json_writer& to, const effect_page& x) {
  append_page(to, x, x.next_cursor);
}

void append_json(json_writer& to, const journal_page& x) {
  append_page(to, x, x.more ? std::to_string(x.next_after) : std::string{});
}

} // namespace holdfast
