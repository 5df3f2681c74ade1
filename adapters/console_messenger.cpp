#include "adapters/console_messenger.hpp"

#include "adapters/json_object.hpp"
#include "adapters/reply_text.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace holdfast {

namespace {

struct entity {
  std::string_view name;
  char character;
};

/// Those that Telegram knows by name.
constexpr std::array entities{entity{"&lt;", '<'}, entity{"&gt;", '>'},
                              entity{"&amp;", '&'}, entity{"&quot;", '"'}};

std::string block_of(const std::string& head, std::string_view text) {
  auto block = head + '\n';
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    ((block += "  ") += text.substr(0, end)) += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return block;
}

message_report show(const console_options& to, const deliver_message& what) {
  json_object intent{what.intent};
  auto edits = what.kind == telegram_edit;
  message_report result;
  result.kind = message_report::sent;
  for (const auto& chat_id :
       {what.chat_id, what.message.chat_id, intent.text("chatId"), to.chat_id})
    if (result.chat_id.empty())
      result.chat_id = chat_id;
  result.message_id = edits && what.message.message_id != 0
                          ? what.message.message_id
                          : static_cast<std::int64_t>(what.effect.number);
  auto head = "[telegram → " + one_line(result.chat_id) + "] #" +
              std::to_string(result.message_id);
  if (edits)
    head += " (edit)";
  else if (intent.is_true("reply") && what.message.message_id != 0)
    head += " (reply to #" + std::to_string(what.message.message_id) + ')';
  to.print(block_of(head, plain_text_of(intent.text("text"))));
  return result;
}

} // namespace

std::string plain_text_of(std::string_view html) {
  std::string text;
  while (!html.empty()) {
    if (html.front() == '<') {
      auto end = html.find('>');
      html.remove_prefix(end == std::string_view::npos ? html.size() : end + 1);
      continue;
    }
    auto known = std::ranges::find_if(
        entities, [&](const entity& x) { return html.starts_with(x.name); });
    if (known != entities.end()) {
      text += known->character;
      html.remove_prefix(known->name.size());
    } else {
      text += html.front();
      html.remove_prefix(1);
    }
  }
  // A terminal does what they tell it, and a broker's comment may hold them.
  return without_controls(text, true);
}

messenger_actor spawn_console_messenger(caf::actor_system& sys,
                                        console_options options) {
  // As an argument: CAF 0.17 unpacks those of a function without any from a
  // null pointer.
  auto messenger =
      [](messenger_actor::pointer,
         const console_options& how) -> messenger_actor::behavior_type {
    return {
        [how](const deliver_message& what) { return show(how, what); },
    };
  };
  return sys.spawn(messenger, std::move(options));
}

} // namespace holdfast
