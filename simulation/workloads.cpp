// The names of the workloads, and who takes part in each.
#include "simulation/lock_clients.hpp"
#include "simulation/reporters.hpp"
#include "simulation/traders.hpp"

#include <algorithm>

namespace holdfast::simulation {

void workload::each_row(
    table t,
    const std::function<void(std::uint64_t, std::string_view)>& f) const {
  world_.disk().read()->scan(t, {},
                             [&](std::string_view key, std::string_view row) {
                               // Numbers are eight bytes, big endian.
                               std::uint64_t number = 0;
                               for (auto byte : key.substr(0, 8))
                                 number = number << 8 | std::uint8_t(byte);
                               f(number, row);
                               return true;
                             });
}

namespace {

/// Small limits, so that they are met.
void tight(world::settings& s) {
  s.idle_owner_ms = 500;
  s.owners_max = 2;
  s.limits.queue_depth_max = 4;
  s.limits.retry_max_ms = 1'000;
  s.cleanup_interval_ms = 10'000;
  s.messages.telegram = true;
  s.messages.chat_id = "chat";
  s.messages.webhook = true;
  s.watchdog = false;
}

/// There is a messenger, which alerts are told by as well.
void told(world::settings& s) {
  tight(s);
  s.watchdog = true;
  s.alerts.queue_depth = 2;
  s.alerts.expired_per_minute = 1;
  s.alerts.telegram_chat_id = "operators";
  s.alerts.webhook = true;
}

recipe of_locks(const char* name, const char* about, const lock_habits& habits,
                const std::function<void(world::settings&)>& tune = tight) {
  return {name, about, tune, [habits](world& w) {
            workloads all;
            all.push_back(std::make_unique<lock_clients>(w, habits));
            return all;
          }};
}

template <class... Who>
workloads cast(world& w) {
  workloads all;
  (all.push_back(std::make_unique<Who>(w)), ...);
  return all;
}

lock_habits duplicates() {
  lock_habits x;
  x.resources = 2;
  x.keys = 3;
  x.keyed = 100;
  x.acquire = 8;
  return x;
}

lock_habits leases() {
  lock_habits x;
  x.lease_ms = 300;
  x.tasks = 5;
  x.renew = 6;
  x.end = 3;
  return x;
}

lock_habits operators() {
  lock_habits x;
  x.tasks = 60;
  x.operate = 6;
  x.abandon_or_force = 4;
  x.tend_executor = 3;
  return x;
}

lock_habits passivation() {
  lock_habits x;
  x.resources = 12;
  x.keys = 3;
  x.acquire = 8;
  return x;
}

void sleepy(world::settings& s) {
  tight(s);
  s.owners_max = 1;
  s.idle_owner_ms = 100;
}

std::vector<recipe> make_recipes() {
  std::vector<recipe> all;
  all.push_back(of_locks("contention",
                         "contended locks and tasks, priorities, cancels", {}));
  all.push_back(
      of_locks("duplicates", "the same events again and again", duplicates()));
  all.push_back(of_locks(
      "leases", "leases that run out, renewals, late releases", leases()));
  all.push_back(of_locks("operators",
                         "operators who force, resolve, requeue, pause",
                         operators()));
  all.push_back(of_locks("passivation", "owners put to sleep under load",
                         passivation(), sleepy));
  all.push_back({"trades", "trades on an exchange that fails in every way",
                 tight, cast<traders>});
  all.push_back({"positions",
                 "positions, duplicates, a chat that fails in every way", told,
                 cast<reporters>});
  all.push_back({"feed", "the same, and a feed that follows the broker", told,
                 [](world& w) {
                   workloads all;
                   all.push_back(std::make_unique<reporters>(w, true));
                   return all;
                 }});
  all.push_back({"mixed", "all of it on one node", told, [](world& w) {
                   auto all = cast<traders>(w);
                   all.push_back(std::make_unique<reporters>(w, true));
                   all.push_back(
                       std::make_unique<lock_clients>(w, lock_habits{}));
                   return all;
                 }});
  return all;
}

} // namespace

const std::vector<recipe>& recipes() {
  static const auto all = make_recipes();
  return all;
}

const recipe* find_recipe(std::string_view name) {
  auto found = std::ranges::find(recipes(), name, &recipe::name);
  return found == recipes().end() ? nullptr : &*found;
}

} // namespace holdfast::simulation
