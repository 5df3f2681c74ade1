// The messages of a signal: templates, their placeholders, what changes ask
// for.
// Must not know CAF, HTTP, storage or how a message is sent.
#pragma once

#include "messages/position.hpp"
#include "rules/position_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// Texts in Telegram's HTML with placeholders {pair} {type} {category} {entry}
/// {sl} {tp} {volume} {exit} {pips} {profit} {changes} {accountId}
/// {positionId} {signalId} {comment} {time}. Values are escaped; what is not
/// known is "–".
struct signal_templates {
  std::string open;
  std::string update;
  std::string close;
  std::string reply;
};

/// The texts used unless others are configured.
signal_templates default_templates();

/// What is wrong with a template, if anything: an unknown placeholder, a
/// brace without its other half (`{{` and `}}` stand for braces), a tag that
/// Telegram does not know or that is not closed, more than `template_size_max`
/// bytes, no text at all.
std::optional<std::string> check_template_text(std::string_view text);
inline constexpr std::size_t template_size_max = 2000;

struct message_settings {
  bool telegram = false;
  std::string chat_id;
  bool update_reply = false;
  bool close_reply = false;
  signal_templates templates = default_templates();
  bool webhook = false;
};

/// The messages that this change of a signal asks for, in order; none for what
/// is not announced, or silent. Texts have at most 4096 characters (UTF-16) as
/// Telegram counts them after parsing: a comment that is too long is cut.
std::vector<message_draft> messages_for(const position_decision& change,
                                        const position_event& event,
                                        const message_settings& how);

/// `text` with `&`, `<` and `>` escaped.
std::string escape_html(std::string_view text);

} // namespace holdfast
