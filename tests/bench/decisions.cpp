#include "bench/decisions.hpp"

#include "rules/idempotency.hpp"

namespace holdfast::bench {

decisions::decisions(const workload& what, counter& ids, std::uint32_t tag)
    : what_(what), time_(make_system_time()), ids_(ids), tag_(tag) {
  states_.resize(what.one_key ? 1 : what.outstanding);
  sent_.resize(what.outstanding);
  for (std::size_t i = 0; i < states_.size(); ++i)
    states_[i].resource = acquire_of(what, i, 0).resource;
}

step decisions::next_own() {
  auto client = turn_++ % states_.size();
  auto& state = states_[client];
  return state.holder ? release(state) : acquire(state, client);
}

step decisions::next_shared() {
  auto& state = states_.front();
  if (turn_ < what_.outstanding)
    return acquire(state, turn_++);
  left_ = !left_;
  return left_ ? release(state) : acquire(state, leaver_++ % what_.outstanding);
}

step decisions::acquire(resource_state& state, std::size_t client) {
  auto cmd = acquire_of(what_, client, sent_[client]++);
  auto checked = prepare(cmd, limits_);
  acquire_request request{std::get<prepared>(std::move(checked)).work,
                          cmd.otherwise};
  return take(state, std::get<transition>(
                         decide_acquire(state, request, std::nullopt, now())));
}

step decisions::release(resource_state& state) {
  release_lock cmd;
  cmd.resource = state.resource;
  cmd.id = state.holder->id;
  cmd.token = state.holder->token();
  return take(state, std::get<transition>(decide_release(
                         state, cmd, std::nullopt, std::nullopt, now())));
}

step decisions::take(resource_state& state, const transition& change) {
  auto what = to_step(state, change);
  apply(state, change);
  return what;
}

circumstances decisions::now() {
  return {time_->now(), ids_, limits_, tag_, time_->boot_id()};
}

} // namespace holdfast::bench
