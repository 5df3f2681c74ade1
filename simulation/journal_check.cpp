#include "simulation/journal_check.hpp"

#include <algorithm>
#include <cstdlib>

namespace holdfast::simulation {

namespace {

/// What follows `"name":` in a flat JSON object; empty when it is not there.
std::string member(const std::string& json, const std::string& name) {
  auto at = json.find('"' + name + "\":");
  if (at == std::string::npos)
    return {};
  auto from = at + name.size() + 3;
  auto quoted = json[from] == '"';
  from += quoted ? 1 : 0;
  return json.substr(from,
                     json.find_first_of(quoted ? "\"" : ",}", from) - from);
}

std::uint64_t number_of(const std::string& id) {
  auto dash = id.rfind('-');
  return dash == std::string::npos
             ? 0
             : std::strtoull(id.c_str() + dash + 1, nullptr, 10);
}

bool ends(event_kind kind) {
  return kind == event_kind::released || kind == event_kind::failed ||
         kind == event_kind::expired || kind == event_kind::force_released;
}

} // namespace

void journal_check::row(const journal_event& event) {
  auto& r = resources_[event.resource];
  touched_.insert(event.resource);
  if (event.kind == event_kind::granted) {
    granted(r, event);
  } else if (ends(event.kind)) {
    if (r.holder != event.lock.number)
      fault_ = "a lock ended that did not hold " + event.resource;
    if (!ended_.insert(event.lock.number).second)
      fault_ = "a lock of " + event.resource + " ended twice";
    r.holder = 0;
  } else if (event.kind == event_kind::queued) {
    auto rank = std::pair{
        std::int64_t(std::atoi(member(event.detail, "priority").c_str())),
        number_of(member(event.detail, "entryId"))};
    if (!r.waiting.insert(rank).second)
      fault_ = "an entry of " + event.resource + " was queued twice";
  } else if (event.kind == event_kind::cancelled) {
    dequeue(r, event, false);
  } else if (event.kind == event_kind::in_doubt && !r.holder) {
    fault_ = "in doubt, and nobody holds " + event.resource;
  } else if (event.kind == event_kind::alert_firing) {
    if (!firing_.insert(event.resource).second)
      fault_ = event.resource + " fires, and fired already";
  } else if (event.kind == event_kind::alert_resolved) {
    if (firing_.erase(event.resource) == 0)
      fault_ = event.resource + " is over, and did not fire";
  } else if (event.kind == event_kind::dead_lettered && event.lock &&
             !dead_.insert(event.lock.number).second) {
    fault_ = "a lock of " + event.resource + " has two dead letters";
  }
}

void journal_check::granted(resource& r, const journal_event& event) {
  if (r.holder != 0)
    fault_ = "two holders of " + event.resource;
  if (event.lock.number <= last_token_)
    fault_ = "token " + std::to_string(event.lock.number) + " granted after " +
             std::to_string(last_token_);
  r.holder = last_token_ = event.lock.number;
  ++grants_;
  if (!member(event.detail, "entryId").empty())
    dequeue(r, event, true);
}

void journal_check::dequeue(resource& r, const journal_event& event,
                            bool first) {
  auto number = number_of(member(event.detail, "entryId"));
  auto i = std::ranges::find_if(
      r.waiting, [&](const auto& rank) { return rank.second == number; });
  if (i == r.waiting.end()) {
    fault_ = "an entry left the queue of " + event.resource + " twice";
    return;
  }
  if (first && i != r.waiting.begin())
    fault_ = "an entry of " + event.resource + " was served before its turn";
  r.waiting.erase(i);
}

void journal_check::committed() {
  for (const auto& name : touched_)
    if (const auto& r = resources_[name]; r.holder == 0 && !r.waiting.empty())
      fault_ = "somebody waits for " + name + ", which is free";
  touched_.clear();
}

} // namespace holdfast::simulation
