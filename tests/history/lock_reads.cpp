// What reads may show, and what a whole history tells of each lock and entry.
// Must not know Holdfast's code.
#include "tests/history/lock_model.hpp"

#include <algorithm>

namespace linear {

namespace {

const char* text_of(fate how) {
  switch (how) {
  case fate::open:
    break;
  case fate::released:
    return "released";
  case fate::failed:
    return "failed";
  case fate::expired:
    return "expired";
  case fate::forced:
    return "force_released";
  case fate::granted:
    return "granted";
  case fate::cancelled:
    return "cancelled";
  case fate::succeeded:
    return "succeeded";
  }
  return "open";
}

/// Nothing that a call sees needs to be kept for it when it changes nothing
/// and nobody knows what it answered.
bool says_nothing(const operation& op) {
  return !op.answered() &&
         (op.kind == call::read_lock || op.kind == call::read_entry ||
          op.kind == call::read_resource);
}

} // namespace

resource_history::resource_history(const operations& all) {
  texts.emplace_back("-");
  for (const auto& op : all) {
    if (says_nothing(op))
      continue;
    step x{&op,
           intern('w', op.work),
           intern('l', op.lock),
           intern('e', op.entry),
           intern('c', op.content),
           {}};
    for (const auto& row : op.queue_shown)
      x.queue_shown.push_back({intern('e', row.entry), intern('w', row.work)});
    learn(x);
    steps.push_back(std::move(x));
  }
  std::ranges::stable_sort(steps, {},
                           [](const step& x) { return x.op->invoked_us; });
}

/// The same text may name a lock and a transaction.
name resource_history::intern(char kind, const std::string& text) {
  if (text.empty())
    return 0;
  auto [found, fresh] =
      names_.try_emplace(kind + text, static_cast<name>(texts.size()));
  if (fresh)
    texts.push_back(text);
  return found->second;
}

void resource_history::learn(const step& x) {
  if (x.lock != 0) {
    auto& lock = locks[x.lock];
    // A refusal names the lock of another transaction.
    if (lock.work == 0 && x.op->answer != verdict::held)
      lock.work = x.work;
    bool asked = x.op->kind == call::renew || x.op->kind == call::release;
    if (lock.token == 0 && !asked)
      lock.token = x.op->token;
    if (lock.entry == 0 && x.op->kind == call::read_entry)
      lock.entry = x.entry;
  }
  if (x.entry != 0) {
    auto& entry = entries[x.entry];
    if (entry.work == 0)
      entry.work = x.work;
    if (entry.lock == 0)
      entry.lock = x.lock;
  }
  for (const auto& row : x.queue_shown) {
    auto& entry = entries[row.entry];
    if (entry.work == 0)
      entry.work = row.work;
  }
}

references::references(const resource_history& all)
    : counts_(all.texts.size()) {
  for (const auto& x : all.steps)
    put_back(x);
}

void references::count(const step& x, int by) {
  for (auto n : {x.work, x.lock, x.entry})
    counts_[n] += by;
  for (const auto& row : x.queue_shown) {
    counts_[row.entry] += by;
    counts_[row.work] += by;
  }
}

bool lock_model::shows_lock(const lock_state& from, const step& x) const {
  const auto& about = all_.locks.at(x.lock);
  if (about.work != x.work || about.token != x.op->token)
    return false;
  if (from.held && from.current.lock == x.lock)
    return x.op->status == "active";
  auto ended = from.known.of(x.lock);
  return ended.how != fate::open && x.op->status == text_of(ended.how) &&
         (ended.content == 0 || ended.content == x.content);
}

bool lock_model::shows_entry(const lock_state& from, const step& x) const {
  const auto& status = x.op->status;
  auto waits = std::ranges::find(from.waiters, x.entry, &waiter::entry);
  if (waits != from.waiters.end())
    return status == "waiting" &&
           x.op->position == waits - from.waiters.begin() + 1;
  auto left = from.known.of(x.entry);
  if (left.how != fate::granted)
    return left.how == fate::cancelled && status == "cancelled";
  bool holds = from.held && from.current.lock == x.lock;
  return left.lock == x.lock && x.lock != 0 &&
         all_.locks.at(x.lock).token == x.op->token &&
         status == (holds ? "granted" : "finished");
}

bool lock_model::shows_resource(const lock_state& from, const step& x) const {
  if (from.held != (x.lock != 0))
    return false;
  if (from.held && (from.current.lock != x.lock ||
                    all_.locks.at(x.lock).token != x.op->token))
    return false;
  return std::ranges::equal(from.waiters, x.queue_shown, {}, &waiter::entry,
                            &shown_waiter::entry);
}

std::array<std::uint64_t, 2> lock_state::digest() const {
  mixer mix;
  mix.add(static_cast<std::uint64_t>(decided_us));
  mix.add(last_token);
  mix.add(held);
  mix.add(current.lock);
  mix.add(current.work);
  for (auto time : {current.lease_us, current.expires_from, current.expires_by})
    mix.add(static_cast<std::uint64_t>(time));
  for (const auto& who : waiters) {
    mix.add(who.entry);
    mix.add(who.work);
    mix.add(static_cast<std::uint64_t>(who.priority));
    mix.add(static_cast<std::uint64_t>(who.lease_us));
  }
  mix.add(waiters.size());
  mix.add(known.digest(0));
  mix.add(known.digest(1));
  return mix.sum();
}

std::string lock_model::describe(const lock_state& state) const {
  auto named = [&](name n) { return n == 0 ? "unseen" : all_.texts.at(n); };
  std::string text = "free";
  if (state.held)
    text = "held by " + named(state.current.lock) + " for " +
           named(state.current.work) + ", no expiry before " +
           std::to_string(state.current.expires_from) + ", over by " +
           std::to_string(state.current.expires_by);
  text += "; last token " + std::to_string(state.last_token);
  for (const auto& who : state.waiters)
    text += "; waits " + named(who.entry) + " for " + named(who.work) +
            " with priority " + std::to_string(who.priority);
  return text;
}

} // namespace linear
