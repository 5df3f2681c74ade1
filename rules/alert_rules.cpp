#include "rules/alert_rules.hpp"

#include "messages/json_writer.hpp"
#include "messages/timestamp.hpp"
#include "rules/signal_text.hpp"
#include "rules/transition_builder.hpp"

#include <algorithm>

namespace holdfast {

namespace {

/// A feed is asked every few seconds, and now and then does not answer.
constexpr std::int64_t stale_after_us = 60'000'000;
/// A ratio of fewer says nothing.
constexpr std::uint64_t ended_min = 10;
constexpr std::uint64_t full_percent = 80;
constexpr std::uint64_t roomy_percent = 75;

std::string n(std::uint64_t x) { return std::to_string(x); }

/// Fires above `limit`, and is over at half of it.
alert_level above(std::uint64_t value, std::int64_t limit, std::string text) {
  auto most = static_cast<std::uint64_t>(std::max<std::int64_t>(limit, 0));
  return {value > most, value <= most / 2, std::move(text)};
}

alert_level failures(const alert_facts& x, const alert_settings& how) {
  auto ended = x.released + x.failed + x.expired;
  auto permille = static_cast<std::uint64_t>(how.failed_permille);
  return {ended >= ended_min && x.failed * 1000 > permille * ended,
          x.failed * 2000 <= permille * std::max(ended, ended_min),
          n(x.failed) + " of " + n(ended) +
              " locks that ended within a minute have failed"};
}

alert_level fullness(const alert_facts& x) {
  auto percent = x.store_limit_bytes == 0
                     ? 0
                     : x.store_used_bytes / (x.store_limit_bytes / 100 + 1);
  return {percent >= full_percent, percent < roomy_percent,
          "the store uses " + n(percent) + " % of its " +
              n(x.store_limit_bytes >> 20) + " MiB (node.map_size_gib)"};
}

std::int64_t patience_us(alert which, bool firing, const alert_settings& how) {
  if (firing)
    return how.resolved_after_ms * 1000;
  return which == alert::feed_stale ? stale_after_us : 0;
}

} // namespace

alert_level level_of(alert which, const alert_facts& x,
                     const alert_settings& how) {
  switch (which) {
  case alert::queue_depth:
    return above(x.deepest_queue, how.queue_depth,
                 n(x.deepest_queue) + " wait for " + x.deepest_resource);
  case alert::effect_unknown: {
    auto old = x.unknown > 0 && x.oldest_unknown_ms > how.unknown_after_ms;
    return {old, !old,
            "nobody knows what came of " + x.oldest_unknown +
                (x.unknown > 1 ? " and " + n(x.unknown - 1) + " more" : "") +
                ": look, and resolve"};
  }
  case alert::lease_expiries:
    return above(x.expired, how.expired_per_minute,
                 n(x.expired) + " leases ran out within a minute");
  case alert::failure_ratio:
    return failures(x, how);
  case alert::commits_failing:
    return {!x.commit_trouble.empty(), x.commit_trouble.empty(),
            "commits fail: " + x.commit_trouble};
  case alert::feed_stale:
    return {!x.feed_trouble.empty(), x.feed_trouble.empty(), x.feed_trouble};
  case alert::dead_letters:
    return {x.dead_letters > 0, x.dead_letters == 0,
            n(x.dead_letters) + " dead letters wait for a decision"};
  case alert::store_nearly_full:
    return fullness(x);
  }
  return {};
}

std::optional<bool> alert_watch::look(const alert_level& now,
                                      std::int64_t now_us,
                                      const alert_settings& how) {
  if (owed_)
    return owed_;
  if (!(firing_ ? now.under : now.over)) {
    since_us_ = 0;
    return std::nullopt;
  }
  if (since_us_ == 0)
    since_us_ = now_us;
  if (now_us - since_us_ < patience_us(which_, firing_, how))
    return std::nullopt;
  owed_ = !firing_;
  if (*owed_)
    text_ = now.text;
  return owed_;
}

void alert_watch::told(bool firing) {
  firing_ = firing;
  owed_.reset();
  since_us_ = 0;
}

std::vector<message_draft> messages_for(const alert_state& to,
                                        const alert_settings& how) {
  std::vector<message_draft> drafts;
  auto name = to_string(to.which);
  if (!how.telegram_chat_id.empty()) {
    message_draft draft;
    draft.kind = telegram_send;
    auto text = (to.firing ? "🔴 <b>" : "🟢 <b>") + std::string{name} +
                (to.firing ? "</b>: " + escape_html(to.text) : "</b> is over");
    json_writer{draft.intent}
        .begin_object()
        .member("change", to.firing ? "alert_firing" : "alert_resolved")
        .member("chatId", how.telegram_chat_id)
        .member("text", text)
        .end_object();
    drafts.push_back(std::move(draft));
  }
  if (how.webhook) {
    message_draft draft;
    draft.kind = alert_post;
    json_writer out{draft.intent};
    out.begin_object().key("body").begin_object();
    out.member("event", to.firing ? "alert_firing" : "alert_resolved")
        .member("alert", name)
        .member("text", to.text)
        .member("since", timestamp(to.since_ms));
    out.end_object().end_object();
    drafts.push_back(std::move(draft));
  }
  return drafts;
}

transition decide_alert(const resource_state& state, const change_alert& cmd,
                        const circumstances& at) {
  transition_builder build{state, at};
  auto kind =
      cmd.to.firing ? event_kind::alert_firing : event_kind::alert_resolved;
  build.step.events.push_back(
      {0,
       at.now.wall_ms,
       kind,
       state.resource,
       {},
       {},
       {},
       detail{}
           .text("alert", to_string(cmd.to.which))
           .text_if("text", cmd.to.firing ? cmd.to.text : std::string{})
           .done()});
  for (const auto& draft : cmd.messages) {
    effect_record effect;
    effect.id = {at.store, at.ids.next()};
    effect.kind = draft.kind;
    effect.resource = state.resource;
    effect.owner_id = "watchdog";
    effect.intent = draft.intent;
    effect.created_at_ms = effect.updated_at_ms = at.now.wall_ms;
    build.step.messages.push_back(std::move(effect));
  }
  build.step.alert = cmd.to;
  return build.finish();
}

} // namespace holdfast
