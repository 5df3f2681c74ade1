#include "simulation/messenger.hpp"

#include "simulation/late_answers.hpp"
#include "simulation/member_of.hpp"

namespace holdfast::simulation {

namespace {

constexpr std::int64_t chat_hang_ms = 5'000;

/// As the adapter for Telegram chooses it.
std::string chat_of(const deliver_message& what) {
  if (!what.chat_id.empty())
    return what.chat_id;
  return what.message.chat_id.empty() ? member_of(what.intent, "chatId")
                                      : what.message.chat_id;
}

message_report report_of(message_report::kind_type kind, const char* why,
                         std::int64_t retry_after_ms = 0) {
  message_report report;
  report.kind = kind;
  report.message = why;
  report.retry_after_ms = retry_after_ms;
  return report;
}

using late_messenger = messenger_actor::extend<caf::reacts_to<answer_due>>;

late_messenger::behavior_type serve_messages(late_messenger::pointer self,
                                             faulty_messenger* at) {
  auto late = std::make_shared<late_answers<message_report>>();
  return {
      [=](const deliver_message& what) -> caf::result<message_report> {
        auto [report, after_ms] = at->deliver(what);
        return late->answer(self, std::move(report), after_ms);
      },
      [=](const answer_due& which) { late->deliver(which); },
  };
}

} // namespace

faulty_messenger::faulty_messenger(world& in, std::uint64_t trouble)
    : world_(in), trouble_(trouble) {
  for (const auto* kind :
       {"messenger: not reached", "messenger: 429", "messenger: rejects",
        "messenger: 5xx before it arrived", "messenger: 5xx after it arrived",
        "messenger: hangs, and it arrived", "messenger: the chat has moved",
        "messenger: answers slowly"})
    met_.announce(kind);
}

messenger_actor faulty_messenger::connect() {
  return world_.host(caf::actor_cast<messenger_actor>(
      world_.system().spawn(serve_messages, this)));
}

std::int64_t faulty_messenger::arrived(effect_id effect) const {
  auto found = arrived_.find(effect.number);
  return found == arrived_.end() ? 0 : found->second;
}

message_report faulty_messenger::show(const deliver_message& what) {
  message_report report;
  report.kind = message_report::sent;
  report.chat_id = chat_of(what);
  if (what.kind == telegram_edit) {
    auto found = chat_.find(what.message.message_id);
    if (found == chat_.end())
      return report_of(message_report::gone, "message to edit not found");
    found->second.text = member_of(what.intent, "text");
    ++found->second.edits;
    report.message_id = what.message.message_id;
    return report;
  }
  report.message_id = ++last_id_;
  auto signal = member_of(what.intent, "signalId");
  world_.note("the chat shows a message of " +
              (signal.empty() ? "an alert" : signal));
  chat_[last_id_] = {member_of(what.intent, "text"), signal, what.effect, 0};
  arrived_[what.effect.number] = last_id_;
  return report;
}

message_report faulty_messenger::move(const std::string& from) {
  auto report = report_of(message_report::unavailable, "the chat has moved");
  report.chat_moved = true;
  report.chat_id = moved_.try_emplace(from, from + "'").first->second;
  return report;
}

faulty_messenger::answer
faulty_messenger::deliver(const deliver_message& what) {
  if (moved_.contains(chat_of(what)))
    return {move(chat_of(what))};
  if (!world_.random().chance(trouble_))
    return {show(what)};
  switch (world_.random().pick(8)) {
  case 0:
    met_.add("messenger: not reached");
    return {report_of(message_report::unavailable, "connection refused")};
  case 1:
    met_.add("messenger: 429");
    return {report_of(message_report::unavailable, "429", 1000)};
  case 2:
    met_.add("messenger: rejects");
    return {report_of(message_report::rejected, "bot was kicked")};
  case 3:
    met_.add("messenger: 5xx before it arrived");
    return {report_of(message_report::unknown, "500")};
  case 4:
    met_.add("messenger: 5xx after it arrived");
    show(what);
    return {report_of(message_report::unknown, "500")};
  case 5:
    met_.add("messenger: hangs, and it arrived");
    show(what);
    return {report_of(message_report::unknown, "no answer"), chat_hang_ms};
  case 6:
    if (auto chat = chat_of(what); !chat.empty()) {
      met_.add("messenger: the chat has moved");
      return {move(chat)};
    }
    [[fallthrough]];
  default:
    met_.add("messenger: answers slowly");
    return {show(what), std::int64_t(world_.random().pick(4'000))};
  }
}

} // namespace holdfast::simulation
