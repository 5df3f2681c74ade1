// The side of the directory that wakes owners and puts them to sleep.
#include "actors/lock_directory.hpp"

#include <algorithm>

namespace holdfast {

lock_directory::slots::iterator
lock_directory::use(const std::string& resource) {
  auto [i, fresh] = slots_.try_emplace(resource);
  i->second.used = sweeps_;
  if (!fresh) {
    used_.splice(used_.end(), used_, i->second.rank);
    return i;
  }
  i->second.rank = used_.insert(used_.end(), &i->first);
  load(i);
  if (slots_.size() > around_->owners_max)
    if (auto oldest = slots_.find(*used_.front());
        oldest->second.state == slot_state::serving)
      retire(oldest);
  return i;
}

void lock_directory::load(slots::iterator where) {
  where->second.state = slot_state::loading;
  let_go(where->second.owner);
  send(links_->persistence, load_resource{where->first}, directory_actor{this});
}

void lock_directory::loaded(resource_loaded& what) {
  auto i = slots_.find(what.state.resource);
  if (i == slots_.end() || i->second.state != slot_state::loading)
    return;
  if (!what.why.empty()) {
    auto resource = i->first;
    refuse_held(i->second,
                {errc::storage_unavailable, what.why, "", "", 0, 1000});
    forget(i);
    retry_later(resource);
    return;
  }
  owner_links links{this, links_->persistence, links_->timer, links_->runner,
                    links_->notifiers};
  i->second.owner =
      spawn<lock_owner>(around_, std::move(links), std::move(what.state));
  i->second.state = slot_state::serving;
  flush(i->second);
}

void lock_directory::flush(slot& s) {
  for (auto& command : std::exchange(s.held, {}))
    command(&s.owner, {});
}

void lock_directory::refuse_held(slot& s, const problem& why) {
  for (auto& command : std::exchange(s.held, {}))
    command(nullptr, why);
}

void lock_directory::wake(const std::string& resource) {
  if (draining_)
    return;
  if (auto i = slots_.find(resource); i != slots_.end()) {
    if (i->second.state == slot_state::serving)
      send(i->second.owner, wake_resource{resource});
    else if (i->second.state == slot_state::retiring)
      i->second.held.push_back(
          [this, resource](const owner_actor* owner, const problem&) {
            if (owner)
              send(*owner, wake_resource{resource});
          });
    return; // one that is being loaded looks at the time by itself
  }
  // While commits fail, what is due cannot happen: no more than a try a second.
  if (!around_->health.is_ok())
    return retry_later(resource);
  try {
    // Nobody is awake, so nothing is under way: the store knows all. A timer
    // often outlives its lock.
    if (around_->db.read()->get(table::resources, resource))
      use(resource);
  } catch (const storage_error& why) {
    around_->warn("cannot wake '" + resource + "': " + why.what());
    retry_later(resource);
  }
}

void lock_directory::tell_task_ended(task_ended& done) {
  if (draining_)
    return;
  auto& s = use(done.resource)->second;
  if (s.state == slot_state::serving)
    send(s.owner, std::move(done));
  else
    s.held.push_back([this, done = std::move(done)](const owner_actor* owner,
                                                    const problem&) {
      if (owner)
        send(*owner, done);
    });
}

void lock_directory::retired(const owner_retired& what) {
  auto i = slots_.find(what.resource);
  if (i == slots_.end() || !i->second.owner ||
      i->second.owner.address() != what.owner)
    return;
  auto& s = i->second;
  if (!what.gone) {
    s.state = slot_state::serving;
    s.used = sweeps_;
    used_.splice(used_.end(), used_, s.rank);
    flush(s);
  } else if (s.held.empty() || draining_) {
    forget(i);
  } else {
    load(i);
  }
}

void lock_directory::failed(const owner_failed& what) {
  auto i = slots_.find(what.resource);
  if (i == slots_.end() || !i->second.owner ||
      i->second.owner.address() != what.owner)
    return;
  send(i->second.owner, dismiss_owner{});
  auto resource = i->first;
  if (i->second.held.empty() || draining_)
    forget(i);
  else
    load(i);
  retry_later(resource);
}

/// What was due may not have happened: look again in a while.
void lock_directory::retry_later(const std::string& resource) {
  if (!draining_)
    send(links_->timer,
         arm_timer{resource, around_->time->now().boot_us + 1'000'000});
}

void lock_directory::retire(slots::iterator where) {
  where->second.state = slot_state::retiring;
  used_.splice(used_.end(), used_, where->second.rank);
  send(where->second.owner, retire_owner{});
}

void lock_directory::sweep() {
  ++sweeps_;
  for (auto left = used_.size(); left > 0; --left) {
    auto i = slots_.find(*used_.front());
    auto idle = i->second.used + 2 <= sweeps_;
    auto& s = i->second;
    if (!idle && slots_.size() <= around_->owners_max)
      break;
    if (s.state == slot_state::serving)
      retire(i);
    else
      used_.splice(used_.end(), used_, s.rank);
  }
  auto interval_ms = std::max<std::int64_t>(1, around_->idle_owner_ms / 2);
  delayed_send(this, std::chrono::milliseconds{interval_ms}, tick{});
}

void lock_directory::forget(slots::iterator where) {
  used_.erase(where->second.rank);
  slots_.erase(where);
  if (draining_ && slots_.empty() && drained_.pending())
    drained_.deliver(true);
}

caf::result<bool> lock_directory::drain() {
  draining_ = true;
  drained_ = make_response_promise<bool>();
  problem why{errc::shutting_down, "the node is stopping", "", "", 0, 1000};
  for (auto i = slots_.begin(); i != slots_.end();) {
    auto here = i++;
    refuse_held(here->second, why);
    if (here->second.state == slot_state::loading)
      forget(here);
    else
      send(here->second.owner, shut_down{});
  }
  if (slots_.empty() && drained_.pending())
    drained_.deliver(true);
  return drained_;
}

} // namespace holdfast
