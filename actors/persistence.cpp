#include "actors/persistence.hpp"

#include "actors/step_writer.hpp"
#include "storage/records.hpp"

namespace holdfast {

namespace {

/// More than this never goes into one transaction.
constexpr std::size_t batch_max = 4096;

constexpr auto probe_interval = std::chrono::milliseconds{500};

problem unavailable(const std::string& why) {
  return {errc::storage_unavailable, why, "", "", 0, 1000};
}

} // namespace

persistence::persistence(caf::actor_config& cfg, surroundings_ptr around,
                         reader_actor journal_feed)
    : persistence_actor::base(cfg), around_(std::move(around)),
      journal_feed_(std::move(journal_feed)) {}

void persistence::on_exit() {
  let_go(journal_feed_);
  // A promise keeps its own actor in memory.
  promises_.clear();
  loads_.clear();
}

persistence::behavior_type persistence::make_behavior() {
  return {
      [this](commit_step& request) {
        auto promise = make_response_promise<std::uint64_t>();
        steps_.push_back(std::move(request.what));
        promises_.push_back(promise);
        if (steps_.size() >= batch_max)
          commit();
        else
          arm();
        return promise;
      },
      [this](const purge_step& request) -> caf::result<purge_result> {
        commit();
        try {
          return around_->db.purge(request.what);
        } catch (const storage_error& why) {
          failing(why);
          return make_error(unavailable(why.what()));
        }
      },
      [this](load_resource& request, const directory_actor& asker) {
        loads_.push_back({std::move(request.resource), asker});
        arm();
      },
      [this](commit_now) {
        armed_ = false;
        commit();
      },
      [this](probe_now) {
        probing_ = false;
        try {
          around_->db.probe();
          around_->health.ok();
        } catch (const storage_error& why) {
          failing(why);
        }
      },
  };
}

void persistence::arm() {
  if (armed_)
    return;
  armed_ = true;
  send(this, commit_now{});
}

void persistence::commit() {
  if (!steps_.empty()) {
    auto begin_us = around_->time->now().boot_us;
    try {
      auto results = around_->db.commit(steps_);
      auto took_us = around_->time->now().boot_us - begin_us;
      around_->health.ok();
      count(static_cast<std::uint64_t>(took_us), results);
      auto seq = around_->db.last_seq();
      send(journal_feed_, journal_advanced{seq});
      for (std::size_t i = 0; i < promises_.size(); ++i)
        if (results[i] == commit_result::committed)
          promises_[i].deliver(seq);
        else
          promises_[i].deliver(
              make_error(unavailable("resource '" + steps_[i].resource +
                                     "' has changed since this was decided")));
    } catch (const storage_error& why) {
      failing(why);
      for (auto& promise : promises_)
        promise.deliver(make_error(unavailable(why.what())));
    }
    steps_.clear();
    promises_.clear();
  }
  answer_loads();
}

void persistence::count(std::uint64_t took_us,
                        const std::vector<commit_result>& results) {
  auto now_us = around_->time->now().boot_us;
  around_->commits.add(now_us, took_us, steps_.size());
  around_->counted.committed(took_us, steps_.size());
  recent_counts::totals sum{};
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (results[i] != commit_result::committed)
      continue;
    for (const auto& event : steps_[i].events)
      around_->counted.event(event_kind_of(event));
    auto one = count_events(steps_[i].events);
    for (std::size_t k = 0; k < sum.size(); ++k)
      sum[k] += one[k];
  }
  around_->recent.add(now_us / 1'000'000, sum);
}

void persistence::answer_loads() {
  for (auto& l : std::exchange(loads_, {})) {
    resource_loaded answer;
    answer.state.resource = l.resource;
    try {
      answer.state = read_resource(*around_->db.read(), l.resource);
    } catch (const storage_error& why) {
      around_->warn(std::string{"cannot read '"} + l.resource +
                    "': " + why.what());
      answer.why = why.what();
    }
    send(l.asker, std::move(answer));
  }
}

/// From now on a probe asks every half second whether commits work again.
void persistence::failing(const storage_error& why) {
  if (around_->health.is_ok())
    around_->warn(std::string{"commits fail: "} + why.what());
  around_->health.failing(why.what());
  if (probing_)
    return;
  probing_ = true;
  delayed_send(this, probe_interval, probe_now{});
}

recent_counts::totals count_events(const std::vector<std::string>& events) {
  recent_counts::totals counts{};
  for (const auto& event : events)
    switch (event_kind_of(event)) {
    case event_kind::granted:
      ++counts[recent_counts::granted];
      break;
    case event_kind::released:
      ++counts[recent_counts::released];
      break;
    case event_kind::failed:
      ++counts[recent_counts::failed];
      break;
    case event_kind::expired:
      ++counts[recent_counts::expired];
      break;
    default:
      break;
    }
  return counts;
}

} // namespace holdfast
