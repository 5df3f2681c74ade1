#include "actors/signal_notifier.hpp"

#include "messages/json_writer.hpp"
#include "rules/position_rules.hpp"
#include "rules/signal_text.hpp"
#include "storage/records.hpp"

#include <optional>

namespace holdfast {

namespace {

/// The position as its lock found it: nobody else changes it meanwhile.
std::optional<position_record> read_position(const store& db,
                                             const std::string& resource) {
  auto from = db.read();
  auto ref = from->get(table::position_index, resource);
  if (!ref)
    return std::nullopt;
  auto row =
      from->get(table::positions, number_key(decode_position_ref(*ref).number));
  if (!row)
    return std::nullopt;
  return decode_position(*row);
}

std::string outcome_json(const position_decision& how) {
  std::string text;
  json_writer to{text};
  to.begin_object().member("outcome", to_string(how.outcome));
  if (how.position.announced)
    to.member("signalId", to_string(how.position.signal));
  to.end_object();
  return text;
}

task_result make_signal(const run_task& task, const surroundings& around) {
  task_result result;
  position_event event;
  const auto& work = task.lock.work;
  if (!from_json(work.data, event)) {
    result.kind = task_result::failed;
    result.error = "the data of the transaction is no report of a position";
    return result;
  }
  try {
    auto known = read_position(around.db, work.resource);
    auto how = decide_position(known ? &*known : nullptr, event, around.signals,
                               around.time->now().wall_ms);
    if (known)
      how.position.signal = known->signal;
    how.position.resource = work.resource;
    result.result = outcome_json(how);
    auto messages = messages_for(how, event, around.messages);
    result.signal.push_back(
        {how.outcome, std::move(how.position), std::move(messages)});
  } catch (const storage_error& why) {
    result.kind = task_result::retryable;
    result.error = why.what();
  }
  return result;
}

} // namespace

executor_actor::behavior_type signal_notifier(executor_actor::pointer,
                                              surroundings_ptr around) {
  return {
      [around](const run_task& task) { return make_signal(task, *around); },
  };
}

} // namespace holdfast
