#include "tests/crash/linear_client.hpp"

#include "tests/crash/reconnect.hpp"
#include "tests/support/text.hpp"

namespace holdfast::test {

using linear::call;
using linear::operation;
using linear::verdict;

namespace {

std::string text_of(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string{};
}

/// Locks and entries name their transaction alike.
std::string work_of(const json& shown) {
  auto key = text_of(shown, "idempotencyKey");
  return key.empty() ? text_of(shown, "ownerId") : key;
}

std::string content_of(const json& lock) {
  if (lock.value("status", "") == "released")
    return "result " + (lock.contains("result") ? lock["result"].dump() : "");
  if (lock.value("status", "") == "failed")
    return "error " + text_of(lock, "error");
  return {};
}

void tell_lock(operation& told, const json& lock) {
  told.lock = lock.at("lockId");
  told.token = lock.at("fencingToken");
  told.work = work_of(lock);
}

void tell_entry(operation& told, const json& entry) {
  told.entry = entry.at("entryId");
  told.position = entry.value("position", 0);
  told.work = work_of(entry);
}

verdict refusal(const std::string& code) {
  if (code == "held")
    return verdict::held;
  if (code == "in-progress")
    return verdict::in_progress;
  if (code == "stale-lock")
    return verdict::stale;
  if (code == "not-waiting")
    return verdict::not_waiting;
  return verdict::other;
}

void tell_acquire(operation& told, int status, const json& body) {
  if (status == 201) {
    told.answer = verdict::granted;
    tell_lock(told, body.at("lock"));
  } else if (status == 202) {
    told.answer = verdict::queued;
    tell_entry(told, body.at("entry"));
  } else {
    told.answer = verdict::replayed;
    tell_lock(told, body.at("lock"));
    told.content = "result " + body.at("result").dump();
  }
}

void tell_resource(operation& told, const json& body) {
  if (body.at("locked").get<bool>())
    tell_lock(told, body.at("lock"));
  for (const auto& entry : body.at("queue"))
    told.queue_shown.push_back({entry.at("entryId"), work_of(entry)});
}

void tell_shown(operation& told, const json& body) {
  told.answer = verdict::shown;
  if (told.kind == call::read_resource)
    return tell_resource(told, body);
  told.status = body.at("status");
  if (told.kind == call::read_lock) {
    tell_lock(told, body);
    told.content = content_of(body);
    return;
  }
  if (body.contains("lock"))
    tell_lock(told, body["lock"]);
  tell_entry(told, body);
}

void tell(operation& told, const http_response& answer) {
  const auto& body = answer.body;
  if (answer.status == 503)
    return; // it could not say: as if there were no answer
  told.answer = verdict::other;
  told.status = std::to_string(answer.status) + " " + answer.text;
  if (answer.status == 409) {
    told.answer = refusal(text_of(body, "code"));
    if (told.kind == call::acquire)
      told.lock = text_of(body, "lockId");
  } else if (answer.status >= 200 && answer.status < 300) {
    told.status.clear();
    if (told.kind == call::acquire)
      tell_acquire(told, answer.status, body);
    else if (told.kind == call::force)
      told.answer = body.at("released") == 1 ? verdict::done : verdict::stale;
    else if (told.kind == call::renew || told.kind == call::release ||
             told.kind == call::cancel)
      told.answer = verdict::done;
    else
      tell_shown(told, body);
  }
  if (told.answer != verdict::other && told.answer != verdict::shown)
    told.status.clear();
}

} // namespace

linear_client::linear_client(linear::recorder& record,
                             const std::atomic<std::uint16_t>& port,
                             const std::atomic<bool>& aborted, int number)
    : record_(record), port_(port), aborted_(aborted), number_(number) {}

operation linear_client::asked(call kind, const errand& what) const {
  operation op;
  op.client = number_;
  op.kind = kind;
  op.resource = what.resource;
  op.work = what.name();
  return op;
}

operation linear_client::acquire(const errand& what, bool queue) {
  auto op = asked(call::acquire, what);
  op.queue = queue;
  op.priority = what.priority;
  op.lease_us = std::int64_t{what.lease_ms} * 1000;
  json body{{"resourceId", what.resource},
            {"ownerId", what.owner},
            {"priority", what.priority},
            {"timeoutMs", what.lease_ms},
            {"onLocked", queue ? "queue" : "reject"}};
  if (!what.key.empty())
    body["idempotencyKey"] = what.key;
  return send(op, "POST", "/v1/locks", body);
}

operation linear_client::renew(const errand& what, const std::string& lock,
                               std::uint64_t token, int lease_ms) {
  auto op = asked(call::renew, what);
  op.lock = lock;
  op.token = token;
  op.lease_us = std::int64_t{lease_ms} * 1000;
  json body{{"fencingToken", token}};
  if (lease_ms != 0)
    body["timeoutMs"] = lease_ms;
  return send(op, "POST", "/v1/locks/" + lock + "/renew", body);
}

operation linear_client::release(const errand& what, const std::string& lock,
                                 std::uint64_t token,
                                 const std::string& content) {
  auto op = asked(call::release, what);
  op.lock = lock;
  op.token = token;
  op.content = content;
  json body{{"fencingToken", token}};
  if (content.starts_with("error "))
    body["error"] = content.substr(6);
  else
    body["result"] = json::parse(content.substr(7));
  return send(op, "POST", "/v1/locks/" + lock + "/release", body);
}

operation linear_client::force(const errand& what, const std::string& lock) {
  auto op = asked(call::force, what);
  op.lock = lock;
  return send(op, "DELETE", "/v1/locks/" + lock + "?reason=test");
}

operation linear_client::cancel(const errand& what, const std::string& entry) {
  auto op = asked(call::cancel, what);
  op.entry = entry;
  return send(op, "DELETE", "/v1/queue/" + entry);
}

operation linear_client::read_lock(const errand& what,
                                   const std::string& lock) {
  auto op = asked(call::read_lock, what);
  op.lock = lock;
  return send(op, "GET", "/v1/locks/" + lock);
}

operation linear_client::read_entry(const errand& what,
                                    const std::string& entry, int wait_ms) {
  auto op = asked(call::read_entry, what);
  op.entry = entry;
  return send(op, "GET",
              "/v1/queue/" + entry + "?waitMs=" + std::to_string(wait_ms));
}

operation linear_client::read_resource(const std::string& resource) {
  auto op = asked(call::read_resource, {resource, {}, {}});
  return send(op, "GET", "/v1/resources/" + percent_encoded(resource));
}

operation linear_client::send(operation asked, const std::string& method,
                              const std::string& target, const json& body) {
  if (!reconnect(http_, port_, aborted_))
    return asked;
  auto number = record_.invoke(asked);
  try {
    auto answer =
        http_->send(method, target, body.is_null() ? "" : body.dump());
    auto told = asked;
    tell(told, answer);
    if (told.answered())
      record_.answer(number, told);
    return told;
  } catch (const connection_lost&) {
    http_.reset(); // recorded as unanswered
    return asked;
  }
}

} // namespace holdfast::test
