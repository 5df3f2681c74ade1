// Pages through the node's lists.
// Must not judge what it reads: that is the checker's work.
#include "tests/crash/collect.hpp"

#include "tests/support/http_client.hpp"
#include "tests/support/text.hpp"

#include <set>
#include <stdexcept>

namespace holdfast::test {

namespace {

json read(http_client& http, const std::string& target) {
  auto answer = http.get(target);
  if (answer.status != 200)
    throw std::runtime_error(target + " answered " + answer.text);
  return answer.body;
}

std::string text_of(const json& object, const char* name) {
  return object.contains(name) && object[name].is_string()
             ? object[name].get<std::string>()
             : std::string{};
}

void read_journal(http_client& http, final_state& state) {
  std::uint64_t after = 0;
  for (;;) {
    auto page =
        read(http, "/v1/journal?limit=1000&after=" + std::to_string(after));
    if (page.at("items").empty())
      return;
    for (const auto& event : page["items"]) {
      after = event.at("seq");
      state.journal.push_back({after, event.at("kind"),
                               text_of(event, "resourceId"),
                               text_of(event, "lockId"),
                               event.value("fencingToken", std::uint64_t{0})});
    }
  }
}

void read_locks(http_client& http, final_state& state) {
  std::string cursor;
  do {
    auto page =
        read(http, "/v1/locks?limit=1000" +
                       (cursor.empty() ? std::string{}
                                       : "&cursor=" + percent_encoded(cursor)));
    for (const auto& lock : page.at("items"))
      state.locks[lock.at("lockId")] = {
          lock.at("resourceId"), text_of(lock, "idempotencyKey"),
          lock.at("status"), lock.at("fencingToken"),
          lock.contains("result") ? lock["result"].dump() : std::string{}};
    cursor = text_of(page, "nextCursor");
  } while (!cursor.empty());
}

entry_row read_entry(http_client& http, const std::string& id) {
  auto answer = http.get("/v1/queue/" + id);
  entry_row row;
  row.found = answer.status == 200;
  if (!row.found)
    return row;
  const auto& entry = answer.body;
  row.resource = entry.at("resourceId");
  row.status = entry.at("status");
  row.priority = entry.at("priority");
  if (entry.contains("lock")) {
    row.lock_id = entry["lock"].at("lockId");
    row.token = entry["lock"].at("fencingToken");
  }
  return row;
}

} // namespace

final_state collect(std::uint16_t port, const history& calls) {
  http_client http{port};
  final_state state;
  read_journal(http, state);
  read_locks(http, state);
  std::set<std::string> resources;
  for (const auto& call : calls) {
    resources.insert(call.resource);
    if (call.status == 202 && !state.entries.count(call.entry_id))
      state.entries[call.entry_id] = read_entry(http, call.entry_id);
  }
  for (const auto& resource : resources) {
    auto body = read(http, "/v1/resources/" + percent_encoded(resource));
    auto& row = state.resources[resource];
    if (body.at("locked").get<bool>())
      row.holder = body.at("lock").at("lockId");
    for (const auto& entry : body.at("queue"))
      row.queue.push_back(entry.at("entryId"));
  }
  return state;
}

} // namespace holdfast::test
