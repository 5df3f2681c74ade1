#include "rules/control_command.hpp"

#include "messages/ids.hpp"
#include "rules/ascii.hpp"
#include "rules/refusals.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace holdfast {

namespace {

constexpr std::size_t spoken_reason_max = 1000; ///< bytes
constexpr std::size_t code_digits = 6;
constexpr std::string_view confirm_link = "confirm_";
constexpr std::string_view reference_mark = "ref=";

struct spoken_verb {
  std::string_view name;
  control_verb verb;
};

constexpr std::array spoken_verbs{
    spoken_verb{"help", control_verb::help},
    spoken_verb{"start", control_verb::help}, // what Telegram's button says
    spoken_verb{"status", control_verb::status},
    spoken_verb{"locks", control_verb::locks},
    spoken_verb{"queue", control_verb::queue},
    spoken_verb{"unknown", control_verb::doubts},
    spoken_verb{"release", control_verb::release},
    spoken_verb{"resolve", control_verb::resolve},
    spoken_verb{"pause", control_verb::pause},
    spoken_verb{"resume", control_verb::resume},
    spoken_verb{"confirm", control_verb::confirm},
};

/// Line breaks and tabs are spaces.
std::string in_one_line(std::string_view text) {
  std::string out{text};
  std::ranges::replace_if(
      out,
      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; },
      ' ');
  return out;
}

std::string_view without_spaces(std::string_view text) {
  auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Takes the first word, or what stands in quotes, off `rest`.
std::string take_word(std::string_view& rest) {
  auto quoted = rest.starts_with('"') ? rest.find('"', 1) : rest.npos;
  auto begin = quoted == rest.npos ? 0UL : 1UL;
  auto end =
      std::min(quoted == rest.npos ? rest.find(' ') : quoted, rest.size());
  std::string word{rest.substr(begin, end - begin)};
  rest = without_spaces(rest.substr(std::min(end + begin, rest.size())));
  return word;
}

bool same_name(std::string_view a, std::string_view b) {
  return in_capitals(a) == in_capitals(b);
}

/// What is wrong with a part of a command, if anything.
std::string wrong_text(std::string_view name, std::string_view text,
                       std::size_t bytes_max) {
  auto why = check_text(name, text, 1, bytes_max);
  return why ? why->detail : std::string{};
}

void read_key(control_command& to, std::string_view rest) {
  if (rest.size() > 1 && rest.starts_with('"') && rest.ends_with('"'))
    rest = rest.substr(1, rest.size() - 2);
  to.subject = rest;
  if (!rest.empty())
    to.wrong = wrong_text("the key", rest, 256);
}

void read_reason(control_command& to, std::string_view rest) {
  to.reason = rest;
  if (to.wrong.empty())
    to.wrong = wrong_text("the reason", rest, spoken_reason_max);
}

void read_release(control_command& to, std::string_view rest) {
  to.subject = take_word(rest);
  if (to.subject.empty() || rest.empty())
    to.wrong = "It is: /release KEY REASON, or /release LOCK_ID REASON. A key "
               "with spaces stands in \"quotes\".";
  else
    to.wrong = wrong_text("the key", to.subject, 256);
  read_reason(to, rest);
}

void read_resolve(control_command& to, std::string_view rest) {
  to.subject = take_word(rest);
  auto outcome = take_word(rest);
  if (rest.starts_with(reference_mark))
    to.reference = take_word(rest).substr(reference_mark.size());
  if (!parse_id<id_kind::effect>(to.subject) ||
      !from_string(outcome, to.outcome) || rest.empty())
    to.wrong = "It is: /resolve EFFECT_ID done|failed|retry REASON. What was "
               "done may be named before the reason: ref=ORDER_ID. /unknown "
               "lists the effects.";
  else if (!to.reference.empty() && to.outcome != resolution::done)
    to.wrong = "ref= names what was done; it goes with done.";
  read_reason(to, rest);
}

void read_code(control_command& to, std::string_view rest) {
  if (to.subject.empty())
    to.subject = take_word(rest);
  if (to.subject.size() != code_digits ||
      !std::ranges::all_of(to.subject, is_digit))
    to.wrong = "It is: /confirm CODE, with the six digits of the question.";
}

void read_rest(control_command& to, std::string_view rest) {
  switch (to.verb) {
  case control_verb::locks:
  case control_verb::queue:
    return read_key(to, rest);
  case control_verb::release:
    return read_release(to, rest);
  case control_verb::resolve:
    return read_resolve(to, rest);
  case control_verb::confirm:
    return read_code(to, rest);
  default:
    return;
  }
}

} // namespace

std::string_view to_string(control_verb x) {
  auto found = std::ranges::find(spoken_verbs, x, &spoken_verb::verb);
  return found == spoken_verbs.end() ? std::string_view{"?"} : found->name;
}

control_command read_control_command(std::string_view text,
                                     std::string_view bot_name, bool alone) {
  control_command result;
  auto line = in_one_line(text);
  auto rest = without_spaces(line);
  auto name = rest.substr(0, rest.find(' '));
  rest = without_spaces(rest.substr(name.size()));
  auto at = name.find('@');
  auto addressed = at != name.npos;
  if (addressed && !same_name(name.substr(at + 1), bot_name))
    return result;
  name = name.substr(0, at);
  if (!name.starts_with('/')) {
    result.verb = alone ? control_verb::unknown : control_verb::none;
    return result;
  }
  name.remove_prefix(1);
  if (name.starts_with(confirm_link)) {
    result.subject = name.substr(confirm_link.size());
    name = name.substr(0, confirm_link.size() - 1);
  }
  auto known = std::ranges::find_if(
      spoken_verbs, [&](const auto& x) { return same_name(x.name, name); });
  if (known == spoken_verbs.end()) {
    result.verb =
        alone || addressed ? control_verb::unknown : control_verb::none;
    return result;
  }
  result.verb = known->verb;
  read_rest(result, rest);
  return result;
}

} // namespace holdfast
