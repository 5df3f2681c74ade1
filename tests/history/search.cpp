#include "tests/history/search.hpp"

#include "tests/history/lock_model.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <tuple>
#include <unordered_set>

namespace linear {

namespace {

/// 128 bits. Two configurations that share theirs make the search leave out
/// one: it could miss an order, never find one that is none.
using digest = std::array<std::uint64_t, 2>;

struct first_half {
  std::size_t operator()(const digest& x) const { return x[0]; }
};

/// The calls and answers that have no place yet, by time. Taking one out and
/// putting it back, in reverse order, costs nothing.
class open_events {
public:
  struct event {
    std::int64_t at_us = 0;
    bool answer = false;
    std::size_t step = 0;
    std::size_t before = 0;
    std::size_t behind = 0;
  };

  explicit open_events(const std::vector<step>& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      events_.push_back({steps[i].op->invoked_us, false, i});
      events_.push_back({steps[i].limit_us(), true, i});
    }
    // At one moment calls come first: they overlap.
    std::ranges::sort(events_, {}, [](const event& x) {
      return std::tuple{x.at_us, x.answer, x.step};
    });
    events_.insert(events_.begin(), event{}); // the list's end
    calls_.resize(steps.size());
    answers_.resize(steps.size());
    for (std::size_t i = 0; i < events_.size(); ++i) {
      events_[i].before = i == 0 ? events_.size() - 1 : i - 1;
      events_[i].behind = (i + 1) % events_.size();
      if (i != 0)
        (events_[i].answer ? answers_ : calls_)[events_[i].step] = i;
    }
  }

  static constexpr std::size_t end = 0;
  std::size_t first() const { return events_[end].behind; }
  std::size_t next(std::size_t at) const { return events_[at].behind; }
  std::size_t call_of(std::size_t step) const { return calls_[step]; }
  const event& operator[](std::size_t at) const { return events_[at]; }

  void take(std::size_t step) {
    unlink(calls_[step]);
    unlink(answers_[step]);
  }
  void put_back(std::size_t step) {
    link(answers_[step]);
    link(calls_[step]);
  }

private:
  void unlink(std::size_t at) {
    events_[events_[at].before].behind = events_[at].behind;
    events_[events_[at].behind].before = events_[at].before;
  }
  void link(std::size_t at) {
    events_[events_[at].before].behind = at;
    events_[events_[at].behind].before = at;
  }

  std::vector<event> events_;
  std::vector<std::size_t> calls_;
  std::vector<std::size_t> answers_;
};

class search {
public:
  search(const operations& all, const search_limits& limits)
      : history_(all), open_(history_), model_(history_, open_),
        events_(history_.steps), limits_(limits) {
    std::mt19937_64 random{1};
    for (const auto& x : history_.steps) {
      marks_.push_back({random(), random()});
      required_ += x.op->answered();
    }
  }

  search_result run();

private:
  struct placed {
    std::size_t step;
    bool dropped; ///< it never took effect
    lock_state before;
    std::vector<lock_state> others; ///< further outcomes, not tried yet
  };

  bool place(std::size_t step);
  bool drop(std::size_t step);
  bool enter(placed x);
  bool fresh(const lock_state& state);
  std::size_t back();
  void count(std::size_t step, bool in);
  void keep_if_longest();
  std::vector<std::size_t> candidates() const;
  std::string report() const;

  resource_history history_;
  references open_;
  lock_model model_;
  open_events events_;
  search_limits limits_;
  std::vector<digest> marks_; ///< of each step, for the set of those placed
  std::size_t required_ = 0;  ///< answered, and not placed yet
  digest set_{};
  lock_state state_;
  std::vector<placed> order_;
  std::unordered_set<digest, first_half> seen_;

  /// The longest order so far: its end, and what was open then.
  struct {
    std::size_t length = 0;
    std::vector<std::size_t> last;
    std::vector<std::size_t> open;
    lock_state state;
  } longest_;
};

void search::count(std::size_t step, bool in) {
  const auto& x = history_.steps[step];
  if (in) {
    open_.take(x);
    events_.take(step);
  } else {
    events_.put_back(step);
    open_.put_back(x);
  }
  required_ += x.op->answered() ? (in ? -1 : 1) : 0;
  for (std::size_t i = 0; i < 2; ++i)
    set_[i] ^= marks_[step][i];
}

bool search::fresh(const lock_state& state) {
  auto sum = state.digest();
  return seen_.insert({sum[0] ^ set_[0], sum[1] ^ set_[1]}).second;
}

/// Goes on with the next outcome of `x` that leads to something new. The step
/// is taken out already; it is put back when there is none.
bool search::enter(placed x) {
  while (!x.others.empty()) {
    auto next = std::move(x.others.back());
    x.others.pop_back();
    model_.forget(next, history_.steps[x.step]);
    if (!fresh(next))
      continue;
    state_ = std::move(next);
    order_.push_back(std::move(x));
    keep_if_longest();
    return true;
  }
  count(x.step, false);
  return false;
}

bool search::place(std::size_t step) {
  auto outcomes = model_.after(state_, history_.steps[step]);
  if (outcomes.empty())
    return false;
  // The outcome without unseen expiries comes first, and is tried first.
  std::ranges::reverse(outcomes);
  count(step, true);
  return enter({step, false, state_, std::move(outcomes)});
}

bool search::drop(std::size_t step) {
  count(step, true);
  return enter({step, true, state_, {state_}});
}

/// Undoes the last decisions until one of them could be another. Answers where
/// to go on; `end` when there is none.
std::size_t search::back() {
  while (!order_.empty()) {
    auto last = std::move(order_.back());
    order_.pop_back();
    state_ = last.before;
    auto step = last.step;
    bool dropped = last.dropped;
    if (enter(std::move(last)))
      return events_.first();
    // Whatever could come in its place was tried before it was dropped.
    if (!dropped)
      return events_.next(events_.call_of(step));
  }
  return open_events::end;
}

/// What could come next: called before any answer that is not explained.
std::vector<std::size_t> search::candidates() const {
  std::vector<std::size_t> steps;
  for (auto at = events_.first(); at != open_events::end;
       at = events_.next(at)) {
    const auto& x = events_[at];
    if (!x.answer)
      steps.push_back(x.step);
    else if (history_.steps[x.step].op->answered())
      break;
  }
  return steps;
}

void search::keep_if_longest() {
  if (order_.size() <= longest_.length)
    return;
  longest_.length = order_.size();
  longest_.last.clear();
  for (auto i = order_.size() - std::min<std::size_t>(order_.size(), 8);
       i < order_.size(); ++i)
    longest_.last.push_back(order_[i].step);
  longest_.open = candidates();
  longest_.state = state_;
}

search_result search::run() {
  search_result result{finding::linearizable, history_.steps.size(), 0, {}};
  auto at = events_.first();
  while (required_ > 0 && at != open_events::end) {
    if (seen_.size() > limits_.configurations) {
      result.found = finding::gave_up;
      break;
    }
    const auto& now = events_[at];
    bool optional = !history_.steps[now.step].op->answered();
    if (!now.answer)
      at = place(now.step) ? events_.first() : events_.next(at);
    else
      at = optional && drop(now.step) ? events_.first() : back();
  }
  if (required_ > 0 && result.found == finding::linearizable)
    result.found = finding::not_linearizable;
  if (result.found != finding::linearizable)
    result.report = report();
  result.configurations = seen_.size();
  return result;
}

std::string search::report() const {
  auto lines = [&](const std::vector<std::size_t>& steps) {
    std::string text;
    for (auto step : steps)
      text += "  " + describe(*history_.steps[step].op) + "\n";
    return text;
  };
  return std::to_string(longest_.length) + " of " +
         std::to_string(history_.steps.size()) +
         " operations have an order; the last of them:\n" +
         lines(longest_.last) + "then it is " +
         model_.describe(longest_.state) +
         "\nand nothing of this can follow:\n" + lines(longest_.open);
}

} // namespace

search_result check_resource(const operations& all,
                             const search_limits& limits) {
  return search{all, limits}.run();
}

} // namespace linear
