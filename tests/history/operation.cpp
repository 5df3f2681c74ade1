#include "tests/history/operation.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <sstream>
#include <stdexcept>

namespace linear {

namespace {

using nlohmann::json;

constexpr std::array calls{"acquire",    "renew",        "release",
                           "force",      "cancel",       "read_lock",
                           "read_entry", "read_resource"};
constexpr std::array verdicts{
    "none", "granted", "queued",      "replayed", "held", "in_progress",
    "done", "stale",   "not_waiting", "shown",    "other"};

template <class Enum, std::size_t N>
Enum named(const std::array<const char*, N>& names, const std::string& text) {
  for (std::size_t i = 0; i < N; ++i)
    if (text == names[i])
      return static_cast<Enum>(i);
  throw std::runtime_error("there is no " + text);
}

const char* name_of(call x) { return calls[static_cast<std::size_t>(x)]; }
const char* name_of(verdict x) { return verdicts[static_cast<std::size_t>(x)]; }

template <class T>
void put(json& into, const char* name, const T& value, const T& otherwise) {
  if (value != otherwise)
    into[name] = value;
}

json to_json(const operation& op) {
  const operation plain;
  json j{{"client", op.client},
         {"invokedUs", op.invoked_us},
         {"call", name_of(op.kind)},
         {"resource", op.resource},
         {"answer", name_of(op.answer)}};
  put(j, "answeredUs", op.answered_us, plain.answered_us);
  put(j, "overUs", op.over_us, plain.over_us);
  put(j, "work", op.work, plain.work);
  put(j, "queue", op.queue, plain.queue);
  put(j, "priority", op.priority, plain.priority);
  put(j, "leaseUs", op.lease_us, plain.lease_us);
  put(j, "content", op.content, plain.content);
  put(j, "lock", op.lock, plain.lock);
  put(j, "token", op.token, plain.token);
  put(j, "entry", op.entry, plain.entry);
  put(j, "position", op.position, plain.position);
  put(j, "status", op.status, plain.status);
  for (const auto& row : op.queue_shown)
    j["queueShown"].push_back({{"entry", row.entry}, {"work", row.work}});
  return j;
}

operation from_json(const json& j) {
  operation op;
  op.client = j.at("client");
  op.invoked_us = j.at("invokedUs");
  op.kind = named<call>(calls, j.at("call"));
  op.resource = j.at("resource");
  op.answer = named<verdict>(verdicts, j.at("answer"));
  op.answered_us = j.value("answeredUs", op.answered_us);
  op.over_us = j.value("overUs", op.over_us);
  op.work = j.value("work", op.work);
  op.queue = j.value("queue", op.queue);
  op.priority = j.value("priority", op.priority);
  op.lease_us = j.value("leaseUs", op.lease_us);
  op.content = j.value("content", op.content);
  op.lock = j.value("lock", op.lock);
  op.token = j.value("token", op.token);
  op.entry = j.value("entry", op.entry);
  op.position = j.value("position", op.position);
  op.status = j.value("status", op.status);
  for (const auto& row : j.value("queueShown", json::array()))
    op.queue_shown.push_back({row.at("entry"), row.at("work")});
  return op;
}

} // namespace

std::string describe(const operation& op) {
  std::ostringstream text;
  text << "client " << op.client << ": " << name_of(op.kind);
  for (const auto* part : {&op.work, &op.lock, &op.entry, &op.content})
    if (!part->empty())
      text << ' ' << *part;
  if (op.token != 0)
    text << " token " << op.token;
  text << " -> " << name_of(op.answer);
  if (!op.status.empty())
    text << ' ' << op.status;
  if (op.position != 0)
    text << " position " << op.position;
  for (const auto& row : op.queue_shown)
    text << " | " << row.entry << " for " << row.work;
  text << " [" << op.invoked_us << ", ";
  if (op.answered())
    text << op.answered_us;
  else if (op.over_us == forever)
    text << "never";
  else
    text << "over by " << op.over_us;
  text << ']';
  return text.str();
}

std::string to_lines(const operations& all) {
  std::string text;
  for (const auto& op : all)
    text += to_json(op).dump() + "\n";
  return text;
}

operations from_lines(const std::string& text) {
  operations all;
  std::istringstream lines{text};
  std::string line;
  while (std::getline(lines, line)) {
    try {
      all.push_back(from_json(json::parse(line)));
    } catch (const std::exception& e) {
      throw std::runtime_error("line " + std::to_string(all.size() + 1) + ": " +
                               e.what());
    }
  }
  return all;
}

} // namespace linear
