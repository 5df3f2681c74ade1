#include "rules/control_text.hpp"

#include "messages/utf8.hpp"
#include "rules/signal_text.hpp"
#include "rules/telegram_html.hpp"

#include <algorithm>
#include <array>

namespace holdfast {

namespace {

constexpr std::size_t chat_units_max = 4096;
constexpr std::size_t rows_max = 30; ///< what somebody reads on a phone
constexpr std::size_t left_over_units = 40;

/// How long, roughly.
std::string duration_of(std::int64_t ms) {
  auto s = std::max<std::int64_t>(0, ms) / 1000;
  if (s < 120)
    return std::to_string(s) + " s";
  if (s < 120 * 60)
    return std::to_string(s / 60) + " min";
  if (s < 48 * 3600)
    return std::to_string(s / 3600) + " h";
  return std::to_string(s / 86'400) + " d";
}

std::string bold(std::string_view text) {
  return "<b>" + escape_html(text) + "</b>";
}

std::string code(std::string_view text) {
  return "<code>" + escape_html(text) + "</code>";
}

/// Of a text of any length, what fits into a chat beside a sentence.
std::string shown_part(std::string_view text) { return shortened(text, 2000); }

/// As many rows as fit, and how many do not.
std::string list_of(const std::string& head,
                    const std::vector<std::string>& rows, bool more) {
  auto text = head;
  auto units = shown_units(head);
  std::size_t shown = 0;
  for (const auto& row : rows) {
    auto next = units + 1 + shown_units(row);
    if (shown == rows_max || next > chat_units_max - left_over_units)
      break;
    text += '\n' + row;
    units = next;
    ++shown;
  }
  if (auto left = rows.size() - shown; left > 0 || more)
    text += "\n… and " + std::string{more ? "at least " : ""} +
            std::to_string(left + (more ? 1 : 0)) + " more";
  return text;
}

std::string count_of(std::size_t count, bool more, const char* one,
                     const char* many) {
  return (more ? "More than " : "") + std::to_string(count) + ' ' +
         (count == 1 && !more ? one : many);
}

std::string lock_lines(const lock_record& lock, std::int64_t now_ms) {
  auto text = bold(lock.work.resource) + " · " +
              escape_html(lock.work.owner_id) + " · " +
              std::string{to_string(lock.work.type)} + ", held " +
              duration_of(now_ms - lock.acquired_at_ms);
  if (lock.status == lock_status::in_doubt)
    text += ", <b>in doubt</b>";
  else if (lock.expires_at_ms > now_ms)
    text += ", lease ends in " + duration_of(lock.expires_at_ms - now_ms);
  else
    text += ", lease is over";
  return text + '\n' + code(to_string(lock.id));
}

std::string entry_line(const entry_view& entry, std::int64_t now_ms) {
  const auto& x = entry.record;
  return std::to_string(entry.position) + ". " + bold(x.work.resource) + " · " +
         escape_html(x.work.owner_id) + " · priority " +
         std::to_string(x.work.priority) + ", waits " +
         duration_of(now_ms - x.queued_at_ms);
}

std::string effect_lines(const effect_record& effect, std::int64_t now_ms) {
  auto text = bold(effect.resource) + " · " + escape_html(effect.kind) + " · " +
              std::string{to_string(effect.state)};
  if (!effect.owner_id.empty())
    text += " · " + escape_html(effect.owner_id);
  return text + ", tried " + std::to_string(effect.attempts) + "×, since " +
         duration_of(now_ms - effect.updated_at_ms) + '\n' +
         code(to_string(effect.id));
}

std::string thousandth(std::uint64_t milli) {
  return std::to_string(milli / 1000) + '.' +
         std::to_string(milli % 1000 / 100);
}

} // namespace

std::string control_help() {
  return "/status – how the node does\n"
         "/locks [KEY] – who holds what\n"
         "/queue [KEY] – who waits for it\n"
         "/unknown – effects whose outcome nobody knows\n"
         "/release KEY|LOCK_ID REASON – ends a lock over its owner's head\n"
         "/resolve EFFECT_ID done|failed|retry [ref=ORDER_ID] REASON – says "
         "what came of an effect\n"
         "/pause – no new task starts; everything else goes on\n"
         "/resume – tasks start again\n"
         "/confirm CODE – does what was just asked";
}

std::string control_status(const stats& now, const health& of) {
  auto line = [](const char* name, std::uint64_t value) {
    return std::string{name} + ": " + std::to_string(value) + '\n';
  };
  auto text = of.ready ? std::string{"The node is ready."}
                       : "<b>The node cannot commit:</b> " +
                             escape_html(shown_part(of.detail));
  if (now.paused)
    text += " <b>Paused: no new task starts.</b>";
  text += '\n';
  for (const auto& alert : now.alerts)
    text += "🔴 <b>" + std::string{to_string(alert.which)} +
            "</b>: " + escape_html(shown_part(alert.text)) + '\n';
  text += line("Active locks", now.active_locks);
  text += line("Waiting", now.queue_length);
  text += line("In doubt", now.in_doubt);
  text += line("Effects unknown", now.effects_unknown);
  text += line("Dead letters", now.dead_letters);
  text += "Last " + std::to_string(now.window_s) +
          " s: " + std::to_string(now.granted) + " granted, " +
          std::to_string(now.released) + " released, " +
          std::to_string(now.failed) + " failed, " +
          std::to_string(now.expired) + " expired, " +
          std::to_string(now.replayed) + " replayed\n";
  return text + "Commits: " + thousandth(now.commits_per_s_milli) + "/s, p99 " +
         thousandth(now.commit_p99_us) + " ms";
}

std::string control_locks(const std::vector<lock_record>& locks, bool more,
                          std::int64_t now_ms) {
  if (locks.empty())
    return "No lock is held.";
  std::vector<std::string> rows;
  for (const auto& lock : locks)
    rows.push_back(lock_lines(lock, now_ms));
  return list_of(count_of(locks.size(), more, "lock:", "locks:"), rows, more);
}

std::string control_queue(const std::vector<entry_view>& entries, bool more,
                          std::int64_t now_ms) {
  if (entries.empty())
    return "Nobody waits.";
  std::vector<std::string> rows;
  for (const auto& entry : entries)
    rows.push_back(entry_line(entry, now_ms));
  return list_of(count_of(entries.size(), more, "waits:", "wait:"), rows, more);
}

std::string control_doubts(const std::vector<effect_record>& effects, bool more,
                           std::int64_t now_ms) {
  if (effects.empty())
    return "No effect is unknown.";
  std::vector<std::string> rows;
  for (const auto& effect : effects)
    rows.push_back(effect_lines(effect, now_ms));
  return list_of(count_of(effects.size(), more,
                          "effect whose outcome nobody "
                          "knows:",
                          "effects whose outcome nobody knows:"),
                 rows, more);
}

std::string ask_release(const lock_record& lock, const control_command& what,
                        std::int64_t now_ms) {
  return "End this lock over its owner's head?\n" + lock_lines(lock, now_ms) +
         "\nReason: " + escape_html(what.reason);
}

std::string ask_resolve(const effect_record& effect,
                        const control_command& what, std::int64_t now_ms) {
  static constexpr std::array<std::string_view, 3> meanings{
      "it was done", "it surely did not happen", "do it once more"};
  auto text = "Resolve this effect as <b>" +
              std::string{to_string(what.outcome)} + "</b> (" +
              std::string{meanings.at(static_cast<std::size_t>(what.outcome))} +
              ")?\n" + effect_lines(effect, now_ms);
  if (!what.reference.empty())
    text += "\nReference: " + escape_html(what.reference);
  return text + "\nReason: " + escape_html(what.reason);
}

std::string ask_pause(bool pause) {
  return pause ? "Pause? No new task starts until /resume; locks, queue and "
                 "what runs go on."
               : "Resume? Tasks start again.";
}

std::string with_code(const std::string& question, std::string_view digits,
                      std::int64_t within_s) {
  return question + "\n\nTo do it, within " + std::to_string(within_s) +
         " s: /confirm_" + std::string{digits};
}

std::string control_answer(std::string_view text) {
  return escape_html(shown_part(text));
}

} // namespace holdfast
