#include "rules/operators_word.hpp"

#include "messages/json_text.hpp"
#include "messages/json_writer.hpp"
#include "messages/position.hpp"
#include "rules/refusals.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace holdfast {

namespace {

std::string client_order_id_of(const effect_record& effect) {
  std::vector<json_member> members;
  std::string why;
  if (split_members(effect.intent, {}, members, why))
    for (const auto& member : members)
      if (member.name == "clientOrderId")
        return decode_string(member.value).value_or(std::string{});
  return {};
}

/// What an operator knows of something that was done: as much as he says, and
/// nothing else. The rest is asked of the exchange when it can be.
std::string result_of(const effect_record& effect,
                      const std::string& reference) {
  std::string text;
  json_writer to{text};
  to.begin_object();
  auto is_order = effect.kind == "order";
  if (!reference.empty())
    to.member(is_order ? "orderId" : "reference", reference);
  if (is_order)
    to.member("clientOrderId", client_order_id_of(effect));
  to.end_object();
  return text;
}

std::optional<problem> check_unknown(const effect_record& effect) {
  if (effect.state == effect_state::unknown)
    return std::nullopt;
  auto settled = effect.state == effect_state::done ||
                 effect.state == effect_state::failed;
  auto why = refuse(settled ? errc::stale_lock : errc::in_progress,
                    "The effect " + to_string(effect.id) + " is '" +
                        std::string{to_string(effect.state)} +
                        "'; only what is 'unknown' can be resolved.");
  if (effect.lock)
    why.lock_id = to_string(effect.lock);
  return why;
}

/// A message's number in Telegram; 0 when it is none.
std::int64_t message_id_of(const std::string& reference) {
  auto digits = reference.find_first_not_of("0123456789") == std::string::npos;
  return digits ? decode_integer(reference).value_or(0) : 0;
}

resolve_lock of_order(operators_word word, const effect_record& about) {
  resolve_lock cmd;
  cmd.resource = about.resource;
  cmd.id = about.lock;
  cmd.outcome = word.outcome;
  if (word.outcome == resolution::done)
    cmd.result = result_of(about, word.reference);
  cmd.actor = std::move(word.actor);
  cmd.reason = std::move(word.reason);
  cmd.bound_to = std::move(word.bound_to);
  return cmd;
}

} // namespace

std::variant<resolve_lock, resolve_message, problem>
to_command(operators_word word, const effect_record& about) {
  if (auto why = check_unknown(about))
    return *std::move(why);
  channel of{};
  if (!channel_of(about.kind, of))
    return of_order(std::move(word), about);
  resolve_message cmd;
  if (!word.reference.empty()) {
    if (of == channel::telegram)
      cmd.message_id = message_id_of(word.reference);
    if (cmd.message_id == 0)
      return refuse(
          errc::invalid,
          of == channel::telegram
              ? "reference is no message's number in Telegram: digits alone."
              : "reference is for orders and messages in Telegram; what a "
                "webhook was sent has no name outside.");
  }
  cmd.resource = about.resource;
  cmd.effect = about.id;
  cmd.outcome = word.outcome;
  cmd.actor = std::move(word.actor);
  cmd.reason = std::move(word.reason);
  cmd.bound_to = std::move(word.bound_to);
  return cmd;
}

} // namespace holdfast
