// Ends all active locks of one owner: a worker that lives for one request.
#pragma once

#include "actors/internal.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <set>
#include <string>

namespace holdfast {

struct start_release {};

using owner_release_actor =
    caf::typed_actor<caf::replies_to<start_release>::with<force_released>>;

/// Goes through the owner's active locks page by page, newest first, and then
/// through those in doubt, which are found there by being refused.
class owner_release : public owner_release_actor::base {
public:
  owner_release(caf::actor_config& cfg, locks_actor locks,
                queries_actor queries, force_release_owner what);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "owner_release"; }

private:
  void next_page();
  void release_all(const lock_page& page);
  void one_done();
  void fail(const caf::error& why);
  problem left_in_doubt() const;

  locks_actor locks_;
  queries_actor queries_;
  force_release_owner what_;
  caf::typed_response_promise<force_released> promise_;
  lock_status status_ = lock_status::active; ///< of those that are looked at
  std::int64_t released_ = 0;
  std::set<std::string> doubts_; ///< locks that could not be released
  std::size_t under_way_ = 0;
  std::string cursor_;
};

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::start_release)
