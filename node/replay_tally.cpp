// Sorts answers into kinds.
#include "node/replay_tally.hpp"

#include <algorithm>
#include <cstdio>

namespace holdfast {

namespace {

using nlohmann::json;

bool is_release(const std::string& target) {
  return target.starts_with("/v1/locks/") && target.ends_with("/release");
}

bool is_trade(const std::string& target) { return target == "/v1/trades"; }

bool is_positions(const std::string& target) {
  return target == "/v1/positions" || target == "/v1/positions/snapshot";
}

bool is_batch(const json& body) {
  return body.is_object() && body.contains("results") &&
         body["results"].is_array();
}

std::string row(const std::string& name, std::size_t count) {
  char text[64];
  std::snprintf(text, sizeof text, "  %-22s %8zu\n", name.c_str(), count);
  return text;
}

} // namespace

std::string text_of(const json& object, const char* name) {
  auto member = object.is_object() ? object.find(name) : object.end();
  return member != object.end() && member->is_string()
             ? member->get<std::string>()
             : std::string{};
}

void replay_tally::add(const replay_answer& answer) {
  ++lines;
  auto& response = answer.response;
  if (response.status == 0)
    ++refused["unresolved"];
  else if (response.status == 200 && is_batch(answer.body))
    for (auto& result : answer.body["results"])
      if (is_positions(answer.line.target))
        add_event(result);
      else
        add(answer.line.target, result.value("status", 0), false,
            result.value("body", json{}));
  else
    add(answer.line.target, response.status, response.replayed, answer.body);
}

void replay_tally::add(const std::string& target, int status, bool replay,
                       const json& body) {
  auto outcome = text_of(body, "outcome");
  auto trade = is_trade(target);
  // A refused order is a trade, too.
  if (auto id = text_of(body, "tradeId"); trade && !id.empty())
    trades.insert(id);
  if (status < 200 || status >= 300) {
    auto code = text_of(body, "code");
    ++refused[code.empty() ? "http-" + std::to_string(status) : code];
    return;
  }
  note_intent(body);
  if (status == 201)
    ++(trade ? traded : granted);
  else if (replay || outcome == "replayed")
    ++replayed;
  else if (status == 202 && body.is_object() && body.contains("entry"))
    ++(entries_.insert(text_of(body["entry"], "entryId")).second ? queued
                                                                 : joined);
  else if (is_release(target))
    ++(text_of(body, "status") == "failed" ? failed : released);
  else
    ++other;
}

void replay_tally::add_event(const json& result) {
  auto outcome = text_of(result, "outcome");
  ++events[outcome];
  if (outcome == "failed") // it may not even name a position
    return;
  auto& seen =
      positions[{text_of(result, "accountId"), text_of(result, "positionId")}];
  if (outcome == "created")
    ++seen.created;
  if (auto signal = text_of(result, "signalId"); !signal.empty())
    seen.signals.insert(signal);
}

void replay_tally::note_intent(const json& body) {
  if (!body.is_object() || !body.contains("outcome"))
    return;
  for (auto name : {"lock", "entry"})
    if (auto what = body.find(name); what != body.end())
      if (auto key = text_of(*what, "idempotencyKey"); !key.empty())
        intents.emplace(text_of(*what, "resourceId"), key);
}

std::size_t replay_tally::refused_total() const {
  std::size_t sum = 0;
  for (auto& [code, count] : refused)
    sum += count;
  return sum;
}

std::size_t replay_tally::events_of(const std::string& outcome) const {
  auto found = events.find(outcome);
  return found == events.end() ? 0 : found->second;
}

std::size_t replay_tally::duplicates() const {
  auto in_progress = refused.find("in-progress");
  return replayed + joined +
         (in_progress == refused.end() ? 0 : in_progress->second);
}

std::string to_table(const replay_tally& x) {
  auto table = row("lines", x.lines) + row("granted", x.granted) +
               row("replayed", x.replayed) + row("queued", x.queued) +
               row("  joined their place", x.joined) +
               row("released", x.released) + row("failed", x.failed) +
               row("traded", x.traded) + row("other", x.other) +
               row("refused", x.refused_total());
  for (auto& [code, count] : x.refused)
    table +=
        row("  " + code + (code == "unresolved" ? ", not sent" : ""), count);
  if (!x.positions.empty())
    table += row("positions", x.positions.size());
  for (auto& [outcome, count] : x.events)
    table += row("  events " + outcome, count);
  return table;
}

json to_json(const replay_tally& x) {
  return {{"lines", x.lines},
          {"granted", x.granted},
          {"replayed", x.replayed},
          {"queued", x.queued},
          {"joined", x.joined},
          {"released", x.released},
          {"failed", x.failed},
          {"traded", x.traded},
          {"other", x.other},
          {"refused", x.refused},
          {"events", x.events},
          {"positions", x.positions.size()},
          {"intents", x.intents.size()},
          {"duplicates", x.duplicates()}};
}

} // namespace holdfast
