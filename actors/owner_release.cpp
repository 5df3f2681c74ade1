#include "actors/owner_release.hpp"

#include <utility>

namespace holdfast {

owner_release::owner_release(caf::actor_config& cfg, locks_actor locks,
                             queries_actor queries, force_release_owner what)
    : owner_release_actor::base(cfg), locks_(std::move(locks)),
      queries_(std::move(queries)), what_(std::move(what)) {}

void owner_release::on_exit() {
  let_go(locks_);
  let_go(queries_);
  promise_ = {};
}

owner_release::behavior_type owner_release::make_behavior() {
  // What was asked of a directory that is killed is never answered.
  set_down_handler([this](const caf::down_msg&) {
    fail(make_error(
        {errc::shutting_down, "the node is stopping", "", "", 0, 1000}));
  });
  monitor(locks_);
  return {
      [this](start_release) {
        promise_ = make_response_promise<force_released>();
        next_page();
        return promise_;
      },
  };
}

void owner_release::next_page() {
  list_locks query;
  query.owner_id = what_.owner_id;
  query.any_status = false;
  query.status = status_;
  query.page = {1000, std::exchange(cursor_, {})};
  request(queries_, caf::infinite, query)
      .then([this](const lock_page& page) { release_all(page); },
            [this](const caf::error& why) { fail(why); });
}

void owner_release::release_all(const lock_page& page) {
  cursor_ = page.next_cursor;
  under_way_ = page.items.size();
  for (const auto& lock : page.items)
    request(locks_, caf::infinite,
            force_release{{}, lock.id, what_.actor, what_.reason})
        .then(
            [this](const force_released& done) {
              released_ += done.released;
              one_done();
            },
            [this](const caf::error& why) {
              auto p = to_problem(why);
              if (p.code == errc::in_doubt)
                doubts_.insert(std::move(p.lock_id));
              else if (p.code != errc::not_found) // purged meanwhile
                return fail(why);
              one_done();
            });
  if (page.items.empty()) {
    under_way_ = 1;
    one_done();
  }
}

void owner_release::one_done() {
  if (--under_way_ > 0 || !promise_.pending())
    return;
  if (!cursor_.empty())
    return next_page();
  if (status_ == lock_status::active) {
    status_ = lock_status::in_doubt;
    return next_page();
  }
  if (doubts_.empty())
    promise_.deliver(force_released{released_});
  else
    promise_.deliver(make_error(left_in_doubt()));
  quit();
}

problem owner_release::left_in_doubt() const {
  return {errc::in_doubt,
          "locks of '" + what_.owner_id +
              "' released: " + std::to_string(released_) +
              "; with an effect on its way, or whose outcome is unknown: " +
              std::to_string(doubts_.size()) + ", such as " + *doubts_.begin() +
              "; resolve that first, then ask again",
          what_.owner_id,
          *doubts_.begin(),
          0,
          0};
}

void owner_release::fail(const caf::error& why) {
  if (promise_.pending())
    promise_.deliver(why);
  quit();
}

} // namespace holdfast
