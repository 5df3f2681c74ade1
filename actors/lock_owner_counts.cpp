// What a lock owner counts for /metrics.
#include "actors/lock_owner.hpp"

#include <algorithm>

namespace holdfast {

namespace {

bool is_grant(const journal_event& event) {
  return event.kind == event_kind::granted;
}

bool is_granted(const entry_record& entry) {
  return entry.status == entry_status::granted;
}

} // namespace

void lock_owner::refuse_acquire(promise to, problem why) {
  around_->counted.acquire_refused(why.code);
  refuse(std::move(to), std::move(why));
}

void lock_owner::count(const caf::message& said) {
  if (!said.match_elements<acquire_answer>())
    return;
  switch (said.get_as<acquire_answer>(0).outcome) {
  case acquire_outcome::granted:
    return around_->counted.granted();
  case acquire_outcome::queued:
    return around_->counted.queued();
  case acquire_outcome::replayed:
    return around_->counted.replayed();
  }
}

void lock_owner::count(const transition& durable) {
  auto& to = around_->counted;
  for (const auto* ended : {&durable.ended, &durable.beside_ended})
    if (*ended)
      to.held((*ended)->released_at_ms - (*ended)->acquired_at_ms);
  if (durable.effect)
    to.effect(*durable.effect);
  std::ranges::for_each(durable.messages,
                        [&](const auto& message) { to.effect(message); });
  if (std::ranges::none_of(durable.events, is_grant))
    return;
  auto waited = std::ranges::find_if(durable.left, is_granted);
  const auto& lock = durable.held ? durable.held : durable.beside;
  to.waited(waited != durable.left.end() && lock
                ? lock->acquired_at_ms - waited->queued_at_ms
                : 0);
}

} // namespace holdfast
