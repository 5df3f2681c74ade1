// The clients: acquire, follow, hold, release, and again after every broken
// connection.
// Must not know when the node dies: a broken connection is all they notice.
#include "tests/crash/load.hpp"

#include "tests/crash/kills.hpp"
#include "tests/crash/reconnect.hpp"

#include <chrono>

namespace holdfast::test {

using namespace std::chrono_literals;

namespace {

constexpr int contended_resources = 8;
constexpr int attempts_max = 2000;

std::int64_t now_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch())
      .count();
}

void fill_lock(call_record& record, const json& lock) {
  record.lock_id = lock.value("lockId", std::string{});
  record.token = lock.value("fencingToken", std::uint64_t{0});
  record.lock_status = lock.value("status", std::string{});
  record.lease_us = lock.value("timeoutMs", std::int64_t{0}) * 1000;
}

void fill_answer(call_record& record, const http_response& answer) {
  record.status = answer.status;
  const auto& body = answer.body;
  if (!body.is_object())
    return;
  record.code = body.value("code", std::string{});
  if (answer.status >= 300 || record.kind == call_kind::release ||
      record.kind == call_kind::renew)
    return;
  if (record.kind == call_kind::read_lock)
    fill_lock(record, body);
  else if (body.contains("lock"))
    fill_lock(record, body["lock"]);
  const auto& entry = body.contains("entry") ? body["entry"] : body;
  record.entry_id = entry.value("entryId", record.entry_id);
  record.entry_status = entry.value("status", std::string{});
  if (record.kind == call_kind::acquire && body.contains("result"))
    record.result = body["result"].dump();
}

} // namespace

intent world::shared_intent(std::mt19937_64& random) {
  std::lock_guard guard{mutex_};
  if (recent_.size() < 4 || random() % 6 == 0) {
    auto number = next_number++;
    intent fresh;
    fresh.resource = "hot:" + std::to_string(random() % contended_resources);
    fresh.key = "shared-" + std::to_string(number);
    fresh.owner = "team-" + std::to_string(number % 5);
    fresh.data = {{"number", number}, {"side", number % 2 ? "BUY" : "SELL"}};
    fresh.priority = static_cast<int>(1 + random() % 10);
    fresh.lease_ms = 250;
    fresh.shared = true;
    recent_.push_back(fresh);
    if (recent_.size() > 8)
      recent_.pop_front();
  }
  return recent_[random() % recent_.size()];
}

crash_client::crash_client(world& all, int number)
    : world_(all), number_(number),
      random_(all.seed * 1000 + static_cast<std::uint64_t>(number)) {}

int crash_client::between(int low, int high) {
  return std::uniform_int_distribution<int>{low, high}(random_);
}

intent crash_client::pick() {
  auto dice = between(1, 10);
  if (dice <= 3)
    return world_.shared_intent(random_);
  intent mine;
  auto number = std::to_string(world_.next_number++);
  mine.owner = "bot-" + std::to_string(number_);
  mine.priority = between(1, 10);
  mine.resource = "hot:" + std::to_string(between(0, contended_resources - 1));
  if (dice == 4 || dice == 5)
    mine.resource = "own:" + mine.owner;
  if (dice == 6) {
    mine.lease_ms = 80; // a plain mutex whose answer is lost must end soon
    return mine;
  }
  mine.key = "private-" + number;
  mine.data = {{"number", number}};
  return mine;
}

void crash_client::run() {
  while (!world_.stopping && !over())
    perform(pick());
}

void crash_client::perform(const intent& what) {
  static const char* modes[] = {"reject", "queue", "queue", "wait"};
  operation work{what, now_us()};
  // One mode for all attempts: a place that `queue` got in an attempt whose
  // answer was lost is found again only by `queue`.
  std::string mode = modes[between(0, 3)];
  for (int attempt = 0; attempt < attempts_max && !over(); ++attempt) {
    auto answer = acquire(work, mode);
    if (answer.status == 0) {
      if (what.key.empty())
        return; // repeating would be another transaction
      continue;
    }
    if (answer.status == 201)
      return hold(work, answer.body.at("lock"));
    if (answer.status == 202)
      return follow(work, answer.body.at("entry").at("entryId"));
    bool mine_in_flight = answer.status == 409 && !what.shared &&
                          answer.body.value("code", "") == "in-progress";
    if (!mine_in_flight ||
        recover(work, answer.body.value("lockId", std::string{})))
      return;
  }
}

http_response crash_client::acquire(const operation& work,
                                    const std::string& mode) {
  const auto& what = work.what;
  json body{{"resourceId", what.resource}, {"ownerId", what.owner},
            {"priority", what.priority},   {"timeoutMs", what.lease_ms},
            {"transactionType", "trade"},  {"onLocked", mode}};
  if (!what.key.empty()) {
    body["idempotencyKey"] = what.key;
    body["transactionData"] = what.data;
  }
  if (mode == "wait")
    body["waitMs"] = between(20, 200);
  return send(record_of(call_kind::acquire, work), "POST", "/v1/locks", body);
}

/// An earlier attempt was granted but its answer was lost: the lock is this
/// client's. False when that lock has ended meanwhile.
bool crash_client::recover(const operation& work, const std::string& lock_id) {
  for (int attempt = 0; attempt < attempts_max && !over(); ++attempt) {
    auto answer = send(record_of(call_kind::read_lock, work), "GET",
                       "/v1/locks/" + lock_id, nullptr);
    if (answer.status == 0)
      continue;
    if (answer.status != 200)
      return true;
    if (answer.body.value("status", "") != "active")
      return false;
    hold(work, answer.body);
    return true;
  }
  return true;
}

void crash_client::follow(const operation& work, const std::string& entry_id) {
  for (int attempt = 0; attempt < attempts_max && !over(); ++attempt) {
    if (!work.what.shared && one_in(12) && cancel(work, entry_id))
      return;
    auto record = record_of(call_kind::read_entry, work);
    record.entry_id = entry_id;
    auto answer =
        send(record, "GET", "/v1/queue/" + entry_id + "?waitMs=200", nullptr);
    if (answer.status == 0)
      continue;
    auto status =
        answer.body.is_object() ? answer.body.value("status", "") : "";
    if (answer.status == 200 && status == "waiting")
      continue;
    if (answer.status == 200 && status == "granted" &&
        answer.body.contains("lock"))
      hold(work, answer.body["lock"]);
    return;
  }
}

/// True when the entry left the queue by this cancel.
bool crash_client::cancel(const operation& work, const std::string& entry_id) {
  for (int attempt = 0; attempt < attempts_max && !over(); ++attempt) {
    auto record = record_of(call_kind::cancel, work);
    record.entry_id = entry_id;
    auto answer = send(record, "DELETE", "/v1/queue/" + entry_id, nullptr);
    if (answer.status != 0)
      return answer.status == 200;
  }
  return false;
}

void crash_client::hold(const operation& work, const json& lock) {
  if (one_in(4))
    renew(work, lock);
  if (one_in(3))
    pause(random_, 0us, 3000us);
  bool short_lease = work.what.lease_ms < 1000;
  if (short_lease && one_in(40))
    return; // a client that dies holding its lock
  auto ended = release(work, lock);
  if (work.what.key.empty())
    return;
  if (ended == "released" && one_in(5))
    acquire(work, "reject"); // replayed
  if (ended == "failed" && one_in(3))
    perform(work.what); // tried again
}

void crash_client::renew(const operation& work, const json& lock) {
  auto record = record_of(call_kind::renew, work);
  record.lock_id = lock.at("lockId");
  record.lease_us = std::int64_t{work.what.lease_ms} * 1000;
  send(record, "POST", "/v1/locks/" + record.lock_id + "/renew",
       {{"fencingToken", lock.at("fencingToken")}});
}

std::string crash_client::release(const operation& work, const json& lock) {
  auto record = record_of(call_kind::release, work);
  record.lock_id = lock.at("lockId");
  json body{{"fencingToken", lock.at("fencingToken")}};
  json outcome{{"by", number_}, {"number", world_.next_number++}};
  record.failure = one_in(6);
  record.result = outcome.dump();
  if (record.failure)
    body["error"] = record.result;
  else
    body["result"] = outcome;
  for (int attempt = 0; attempt < attempts_max && !over(); ++attempt) {
    auto answer =
        send(record, "POST", "/v1/locks/" + record.lock_id + "/release", body);
    if (answer.status == 200)
      return answer.body.value("status", "");
    if (answer.status != 0 && answer.status != 503)
      return {};
  }
  return {};
}

call_record crash_client::record_of(call_kind kind,
                                    const operation& work) const {
  call_record record;
  record.kind = kind;
  record.client = number_;
  record.operation_start = work.start;
  record.resource = work.what.resource;
  record.key = work.what.key;
  record.shared = work.what.shared;
  record.priority = work.what.priority;
  return record;
}

http_response crash_client::send(call_record record, const std::string& method,
                                 const std::string& target, const json& body) {
  http_response answer;
  if (!reconnect(http_, world_.port, world_.aborted))
    return answer;
  record.start = now_us();
  try {
    answer = http_->send(method, target, body.is_null() ? "" : body.dump());
    record.end = now_us();
    fill_answer(record, answer);
  } catch (const connection_lost&) {
    record.end = now_us();
    http_.reset();
  }
  calls_.push_back(record);
  return answer;
}

history calls_of(const load& all) {
  history calls;
  for (const auto& client : all.clients())
    calls.insert(calls.end(), client->calls().begin(), client->calls().end());
  return calls;
}

} // namespace holdfast::test
