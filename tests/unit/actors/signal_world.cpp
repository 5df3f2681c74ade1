#include "signal_world.hpp"

#include "messages/json_text.hpp"

#include <algorithm>

namespace holdfast::test {

std::string member_of(const std::string& intent, std::string_view name) {
  std::vector<json_member> members;
  std::string why;
  if (!split_members(intent, {}, members, why))
    return {};
  auto found = std::ranges::find(members, name, &json_member::name);
  return found == members.end() ? std::string{}
                                : decode_string(found->value).value_or("");
}

message_report chat_log::show(const deliver_message& what) {
  message_report report;
  report.kind = message_report::sent;
  report.chat_id = "chat";
  if (what.kind == telegram_edit) {
    auto found = messages.find(what.message.message_id);
    if (found == messages.end()) {
      report.kind = message_report::gone;
      return report;
    }
    found->second.text = member_of(what.intent, "text");
    ++found->second.edits;
    report.message_id = what.message.message_id;
    return report;
  }
  report.message_id = ++last_id;
  auto reply = what.intent.find(R"("reply":true)") != std::string::npos;
  messages[last_id] = {member_of(what.intent, "text"),
                       reply ? what.message.message_id : 0, 0,
                       member_of(what.intent, "signalId")};
  arrived[what.effect.number] = last_id;
  return report;
}

scripted_messenger::behavior_type chat(scripted_messenger::pointer self,
                                       std::shared_ptr<chat_log> log) {
  using promise = caf::typed_response_promise<message_report>;
  auto held = std::make_shared<std::vector<promise>>();
  return {
      [self, log,
       held](const deliver_message& what) -> caf::result<message_report> {
        log->asked.push_back(what);
        if (log->hold) {
          held->push_back(self->make_response_promise<message_report>());
          return held->back();
        }
        if (log->answers.empty() && !log->choose)
          return log->show(what);
        message_report answer;
        if (log->answers.empty()) {
          answer = log->choose();
        } else {
          answer = log->answers.front();
          log->answers.pop_front();
        }
        if (answer.kind == message_report::sent)
          return log->show(what);
        if ((answer.kind == message_report::unknown &&
             answer.message == "arrived"))
          log->show(what);
        return answer;
      },
      [held](const message_report& report) {
        for (auto& to : std::exchange(*held, {}))
          to.deliver(report);
      },
  };
}

message_report unavailable(std::int64_t retry_after_ms) {
  message_report report;
  report.kind = message_report::unavailable;
  report.message = "connection refused";
  report.retry_after_ms = retry_after_ms;
  return report;
}

message_report unknown_send(bool arrived) {
  message_report report;
  report.kind = message_report::unknown;
  report.message = arrived ? "arrived" : "no answer within 5 s";
  return report;
}

message_report rejected_send() {
  message_report report;
  report.kind = message_report::rejected;
  report.code = "403";
  report.message = "Forbidden: bot was kicked";
  return report;
}

namespace {

world::settings with_messages(world::settings s) {
  s.messages.telegram = true;
  s.messages.chat_id = "chat";
  return s;
}

} // namespace

signal_world::signal_world(settings s) : world(with_messages(std::move(s))) {
  come();
}

signal_world::~signal_world() { go(); }

void signal_world::come() {
  messenger = system().spawn(chat, log);
  notify_on(channel::telegram, messenger, how);
  settle();
}

void signal_world::go() {
  caf::anon_send_exit(messenger, caf::exit_reason::kill);
  messenger = nullptr;
}

void signal_world::die_and_come_back() {
  crash();
  go();
  come();
}

position_event signal_world::opened(const std::string& id,
                                    const std::string& account) {
  position_event event;
  event.change = position_change::opened;
  event.account_id = account;
  event.position_id = id;
  event.symbol = "EURUSD";
  event.side = position_side::buy;
  event.volume = "1";
  event.open_price = "1.1";
  event.stop_loss = "1.09";
  return event;
}

position_event signal_world::updated(const std::string& stop_loss,
                                     const std::string& id) {
  auto event = opened(id);
  event.change = position_change::updated;
  event.stop_loss = stop_loss;
  return event;
}

position_event signal_world::closed(const std::string& price,
                                    const std::string& id) {
  auto event = opened(id);
  event.change = position_change::closed;
  event.close_price = price;
  return event;
}

reply_ptr<position_reported> signal_world::report(const position_event& event) {
  return ask<position_reported>(locks(), report_position{{}, event});
}

position_reported signal_world::tell(const position_event& event) {
  return now(report(event));
}

position_record signal_world::position(const std::string& id,
                                       const std::string& account) {
  for (const auto& x : positions())
    if (x.position_id == id && x.account_id == account)
      return x;
  throw std::runtime_error{"there is no position " + id};
}

std::vector<position_record> signal_world::positions() {
  list_positions all;
  all.page.limit = 1000;
  return now(ask<position_page>(queries(), all)).items;
}

std::vector<effect_record> signal_world::effects() {
  list_effects all;
  all.page.limit = 1000;
  return now(ask<effect_page>(queries(), all)).items;
}

void signal_world::check() {
  check_tables();
  CHECK(fault() == "");
  CHECK(in_flight() == 0);
}

} // namespace holdfast::test
