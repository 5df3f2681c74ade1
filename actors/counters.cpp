#include "actors/counters.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace holdfast {

namespace {

/// Kinds that this program knows; the last one stands for all others.
constexpr std::array<std::string_view, 6> effect_kind_names{
    "order",          "telegram_send", "telegram_edit",
    "signal_webhook", "alert",         "other"};

constexpr std::array<effect_state, 3> effect_ends{
    effect_state::done, effect_state::failed, effect_state::unknown};

constexpr std::array<std::string_view, 6> control_outcome_names{
    "answered", "asked", "done", "refused", "too_old", "foreign"};

/// From a millisecond to an hour.
constexpr std::array<std::uint64_t, 12> lock_bounds_ms{
    1, 5, 10, 50, 100, 500, 1000, 5000, 30'000, 120'000, 600'000, 3'600'000};

/// From a fast disk's sync to one that hangs.
constexpr std::array<std::uint64_t, 12> commit_bounds_us{
    50,     100,    250,     500,     1000,      2500,
    10'000, 50'000, 100'000, 500'000, 1'000'000, 5'000'000};

constexpr std::array<std::uint64_t, 12> ops_bounds{
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096};

} // namespace

counters::counters()
    : wait_ms_(lock_bounds_ms), hold_ms_(lock_bounds_ms),
      commit_us_(commit_bounds_us), commit_ops_(ops_bounds) {}

void counters::effect(const effect_record& what) {
  auto end = std::ranges::find(effect_ends, what.state);
  if (end == effect_ends.end())
    return;
  auto kind = std::find(effect_kind_names.begin(), effect_kind_names.end() - 1,
                        what.kind);
  auto row = static_cast<std::size_t>(kind - effect_kind_names.begin());
  auto column = static_cast<std::size_t>(end - effect_ends.begin());
  effects_.at(row).at(column).add();
}

void counters::tell(node_metrics& to) const {
  to.acquires = {{"granted", granted_.value()},
                 {"queued", queued_.value()},
                 {"replayed", replayed_.value()}};
  for (std::size_t i = 1; i < refused_.size(); ++i)
    if (auto count = refused_[i].value())
      to.acquires.push_back(
          {std::string{to_string(static_cast<errc>(i))}, count});
  for (std::size_t i = 1; i < events_.size(); ++i) {
    std::string kind{to_string(static_cast<event_kind>(i))};
    if (!kind.empty() && kind != "unknown")
      to.events.push_back({std::move(kind), events_[i].value()});
  }
  for (std::size_t row = 0; row < effect_kinds; ++row)
    for (std::size_t column = 0; column < effect_ends.size(); ++column)
      to.effects.push_back({std::string{effect_kind_names.at(row)},
                            std::string{to_string(effect_ends.at(column))},
                            effects_.at(row).at(column).value()});
  to.stale_tokens = stale_tokens_.value();
  to.skipped_duplicates = duplicates_.value();
  for (std::size_t i = 0; i < control_.size(); ++i)
    to.control_messages.push_back(
        {std::string{control_outcome_names.at(i)}, control_.at(i).value()});
  to.wait_ms = wait_ms_.counts();
  to.hold_ms = hold_ms_.counts();
  to.commit_us = commit_us_.counts();
  to.commit_ops = commit_ops_.counts();
}

} // namespace holdfast
