#include "simulation/bridge.hpp"

#include "simulation/late_answers.hpp"

namespace holdfast::simulation {

namespace {

using late_source = position_source_actor::extend<caf::reacts_to<answer_due>>;

late_source::behavior_type serve_bridge(late_source::pointer self,
                                        faulty_bridge* at) {
  auto late = std::make_shared<late_answers<fetched_positions>>();
  return {
      [=](const fetch_positions&) -> caf::result<fetched_positions> {
        auto [list, after_ms] = at->list();
        return late->answer(self, std::move(list), after_ms);
      },
      [=](const fetch_close& what) { return at->close_of(what.position_id); },
      [=](const answer_due& which) { late->deliver(which); },
  };
}

fetched_positions no_list_but(const char* why,
                              std::int64_t retry_after_ms = 0) {
  fetched_positions none;
  none.why = why;
  none.retry_after_ms = retry_after_ms;
  return none;
}

} // namespace

faulty_bridge::faulty_bridge(world& in, broker truth, std::uint64_t trouble)
    : world_(in), truth_(std::move(truth)), trouble_(trouble) {
  for (const auto* kind : {"bridge: not reached", "bridge: 429",
                           "bridge: lacks a position", "bridge: answers slowly",
                           "bridge: no deal yet", "bridge: deals not told"})
    met_.announce(kind);
}

position_source_actor faulty_bridge::connect() {
  return world_.host(caf::actor_cast<position_source_actor>(
      world_.system().spawn(serve_bridge, this)));
}

faulty_bridge::answer faulty_bridge::list() {
  fetched_positions all;
  all.ok = true;
  all.events = truth_.open();
  if (!world_.random().chance(trouble_))
    return {std::move(all)};
  switch (world_.random().pick(4)) {
  case 0:
    met_.add("bridge: not reached");
    return {no_list_but("connection refused")};
  case 1:
    met_.add("bridge: 429");
    return {no_list_but("429", 3000)};
  case 2:
    if (!all.events.empty()) {
      met_.add("bridge: lacks a position");
      auto which = world_.random().pick(all.events.size());
      all.events.erase(all.events.begin() + std::ptrdiff_t(which));
    }
    return {std::move(all)};
  default:
    met_.add("bridge: answers slowly");
    return {std::move(all), std::int64_t(world_.random().pick(4'000))};
  }
}

fetched_close faulty_bridge::close_of(const std::string& position_id) {
  fetched_close deal;
  // Deals lag behind: more often than not there is none yet.
  if (world_.random().chance(2 * trouble_)) {
    deal.ok = world_.random().chance(50);
    deal.why = deal.ok ? "" : "no answer";
    met_.add(deal.ok ? "bridge: no deal yet" : "bridge: deals not told");
    return deal;
  }
  deal.ok = true;
  deal.close_price = truth_.close_price(position_id);
  deal.found = !deal.close_price.empty();
  return deal;
}

} // namespace holdfast::simulation
