// The messages of a signal: templates, their placeholders, what changes ask
// for.
// Must not know CAF, HTTP, storage or how a message is sent.
#pragma once

#include "messages/json_writer.hpp"
#include "messages/position.hpp"
#include "rules/position_rules.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// Texts in Telegram's HTML with placeholders {pair} {type} {category} {entry}
/// {sl} {tp} {volume} {exit} {pips} {profit} {changes} {accountId}
/// {positionId} {signalId} {comment} {time}; further {arrow} (⬆️ for BUY,
/// ⬇️ for SELL) and {mark} (✅ won, ❌ lost, ➖ neither: by pips, or by
/// profit where there are none). Values are escaped, put in at once, and not
/// looked at again; what is not known is "–".
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
/// Telegram does not know or that is not closed, a placeholder inside a tag, a
/// bare `<`, `>` or `&`, more than `template_size_max` bytes, no text at all.
/// Meant to follow the name of the template.
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
/// is not announced, or silent. A close that was told already, and gets its
/// price now, is edited in and not replied to again. Texts have at most 4096
/// characters (UTF-16) as Telegram counts them after parsing: a comment that is
/// too long is cut.
std::vector<message_draft> messages_for(const position_decision& change,
                                        const position_event& event,
                                        const message_settings& how);

/// Appends the members of a signal, as the API and the webhook have them, but
/// for `telegram`.
void append_signal(json_writer& to, const position_record& x);

/// `text` with `&`, `<` and `>` escaped.
std::string escape_html(std::string_view text);

} // namespace holdfast
