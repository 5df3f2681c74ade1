// The rules against a naive model: random histories of one resource, compared
// after every step.
#include "naive_locks.hpp"
#include "one_resource.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>
#include <limits>

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// One step, in numbers that shrink well.
struct op {
  std::uint8_t what = 0;
  std::uint8_t a = 0;
  std::uint8_t b = 0;
  std::uint8_t c = 0;
};

/// Does everything to the rules and to the model.
class both {
public:
  both() {
    real_.limits = {1000, 2000, 3, 2, 50, 300, 5000};
    naive_.now_ms = real_.now.wall_ms;
    naive_.retention_ms = 5000;
    naive_.lease_max_ms = 2000;
    naive_.depth = 3;
    naive_.retry_base_ms = 50;
    naive_.retry_max_ms = 300;
  }

  void act(const op& o) {
    naive_.told.clear();
    events_ = 0;
    auto [mine, theirs] = choose(o);
    if (mine != theirs)
      complaint = "the rules say '" + mine + "', the model '" + theirs + "'";
    else if (seen() != naive_.seen())
      complaint =
          "the rules see\n" + seen() + "the model sees\n" + naive_.seen();
    else
      complaint = real_.fault;
  }

  std::string complaint;

private:
  using answers = std::pair<std::string, std::string>;

  answers choose(const op& o) {
    switch (o.what % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return acquire(o);
    case 5:
    case 6:
      return release(o);
    case 7:
      return renew(o);
    case 8:
    case 9:
      return pass(o);
    case 10:
    case 11:
      return work(o);
    case 12:
      return queue_side(o);
    case 13:
      return resolve(o);
    case 14:
      return operate(o);
    default:
      return letters(o);
    }
  }

  answers acquire(const op& o) {
    naive_request plain;
    plain.key = o.a % 4 == 0 ? "" : "k" + std::to_string(o.a % 4);
    // Mostly the key's own owner, sometimes a stranger.
    plain.owner = std::string(1, char('a' + (o.b % 8 == 0 ? 4 : o.a % 4)));
    plain.priority = 1 + o.b % 3;
    plain.lease_ms = 100 + o.c;
    plain.task = o.c % 3 == 0;
    plain.retries = o.c % 2;
    auto cmd = ask(plain.owner, plain.key, std::uint8_t(plain.priority));
    cmd.work.timeout_ms = plain.lease_ms;
    cmd.work.task = plain.task ? "work" : "";
    cmd.work.max_retries = std::uint32_t(plain.retries);
    constexpr std::array<const char*, 3> names{"reject", "queue", "wait"};
    auto otherwise = std::size_t(o.a / 4 + o.b / 8) % 3;
    cmd.otherwise = static_cast<when_locked>(otherwise);
    return {answer(cmd), naive_.acquire(plain, names[otherwise])};
  }

  std::string answer(const acquire_request& cmd) {
    auto how = decide_acquire(real_.state, cmd,
                              real_.last(cmd.work.idempotency_key), real_.at());
    if (auto* p = std::get_if<problem>(&how))
      return std::string{to_string(p->code)};
    if (auto* same = std::get_if<same_entry>(&how))
      return "same " + std::to_string(entries_.at(same->id.number));
    if (auto* replay = std::get_if<replay_outcome>(&how))
      return "replay " + std::to_string(locks_.at(replay->lock.number));
    if (std::holds_alternative<join_flight>(how)) {
      joined_.push_back({cmd.work, real_.ids.next()});
      return "join";
    }
    auto& step = std::get<transition>(how);
    auto granted = step.held && (!real_.state.holder ||
                                 step.held->id != real_.state.holder->id);
    take(step);
    return granted ? "granted" : "queued";
  }

  answers release(const op& o) {
    // A number of a lock, possibly one that has never been.
    auto number = 1 + int(o.a) % int(locks_.size() + 1);
    if (o.a % 3 != 0 && naive_.holder)
      number = naive_.holder->number;
    auto right = o.b % 8 != 0;
    auto failed = o.b % 3 == 0;
    auto text = std::to_string(o.c % 2);
    auto id = lock_number(number);
    release_lock cmd{"r", id, id.number + (right ? 0 : 1), failed, text, text};
    return {settle(decide_release(real_.state, cmd, real_.ended_lock(id),
                                  best(), real_.at())),
            naive_.release(number, right, failed, text)};
  }

  answers renew(const op& o) {
    auto number = 1 + int(o.a) % int(locks_.size() + 1);
    if (o.a % 4 != 0 && naive_.holder)
      number = naive_.holder->number;
    auto right = o.b % 4 != 0;
    auto lease = std::int64_t(o.c) * 9 - 10; // sometimes out of range
    auto id = lock_number(number);
    renew_lock cmd{"r", id, id.number + (right ? 0 : 1), lease};
    return {settle(decide_renew(real_.state, cmd, real_.at())),
            naive_.renew(number, right, lease)};
  }

  answers pass(const op& o) {
    auto ms = o.b % 16 == 0 ? 2500 : o.a;
    real_.pass(ms);
    naive_.now_ms += ms;
    auto theirs = naive_.expire();
    if (!lease_over(real_.state, real_.now))
      return {"not yet", theirs};
    take(decide_expiry(real_.state, best(), real_.at()));
    return {"done", theirs};
  }

  answers work(const op& o) {
    const auto& holder = real_.state.holder;
    if (!holder || holder->work.task.empty() ||
        holder->status != lock_status::active)
      return {};
    if (o.c % 5 == 0) {
      take(extend_task_lease(real_.state, real_.at()));
      return {"done", naive_.extend()};
    }
    constexpr std::array<const char*, 4> names{"done", "retryable", "failed",
                                               "unknown"};
    task_result result;
    result.kind = static_cast<task_result::kind_type>(o.a % 4);
    result.retry_after_ms = o.b % 4 == 0 ? 170 : 0;
    if (o.a % 4 == 0)
      result.result = "1";
    else
      result.error = "why";
    auto most = o.c % 2 == 0;
    auto random = most ? std::numeric_limits<std::uint64_t>::max() : 0;
    take(decide_task_result(real_.state, *real_.state.holder, result, random,
                            best(), real_.at()));
    return {"done",
            naive_.task_ends(names[o.a % 4], result.retry_after_ms, most)};
  }

  answers queue_side(const op& o) {
    if (naive_.waiting.empty())
      return {};
    auto which = o.a % naive_.waiting.size();
    entry_id id;
    for (const auto& [number, ordinal] : entries_)
      if (ordinal == naive_.waiting[which].number)
        id = {7, number};
    if (o.b % 2 == 0) {
      take(decide_lasting(real_.state, id, real_.at()));
      return {"done", naive_.make_lasting(which)};
    }
    take(decide_cancel(real_.state, id, "op", "why", real_.at()));
    return {"done", naive_.cancel(which)};
  }

  answers resolve(const op& o) {
    constexpr std::array<const char*, 3> names{"done", "failed", "retry"};
    resolve_lock cmd;
    if (real_.state.holder)
      cmd.id = real_.state.holder->id;
    cmd.outcome = static_cast<resolution>(o.a % 3);
    cmd.result = "2";
    cmd.reason = "looked";
    return {settle(decide_resolve(real_.state, cmd, best(), real_.at())),
            naive_.resolve(names[o.a % 3])};
  }

  answers operate(const op& o) {
    if (!real_.state.holder)
      return {};
    if (o.a % 2 == 0 && !real_.state.holder->claimed) {
      take(decide_claim(real_.state, real_.at()));
      return {"done", naive_.claim()};
    }
    force_release cmd{"r", real_.state.holder->id, "op", "why"};
    return {settle(decide_force(real_.state, cmd, best(), real_.at())),
            naive_.force()};
  }

  answers letters(const op& o) {
    if (real_.letters.empty())
      return {};
    auto which = o.a % real_.letters.size();
    auto letter = real_.letters[which];
    if (o.b % 4 == 0) {
      take(decide_discard(real_.state, letter, "op", real_.at()));
      return {"done", naive_.discard(which)};
    }
    return {settle(decide_requeue(real_.state, letter,
                                  real_.last(letter.work.idempotency_key), "op",
                                  real_.at())),
            naive_.requeue(which)};
  }

  template <class Decision>
  std::string settle(const Decision& how) {
    if (auto* p = std::get_if<problem>(&how))
      return std::string{to_string(p->code)};
    if (auto* step = std::get_if<transition>(&how)) {
      take(*step);
      return "done";
    }
    return "already";
  }

  /// As the owner does: the first of those who wait for the flight.
  std::optional<flight_joiner> best() const {
    std::optional<flight_joiner> first;
    for (const auto& j : joined_)
      if (!first || j.work.priority < first->work.priority)
        first = j;
    return first;
  }

  void take(const transition& step) {
    if (step.held)
      locks_.try_emplace(step.held->token(), int(locks_.size() + 1));
    auto number_entry = [&](const entry_record& e) {
      entries_.try_emplace(e.id.number, int(entries_.size() + 1));
    };
    for (const auto& e : step.queued)
      number_entry(e);
    for (const auto& e : step.left)
      number_entry(e);
    for (const auto& l : step.dead)
      letters_.try_emplace(l.id.number, int(letters_.size() + 1));
    if (step.ended) {
      auto first = best();
      auto same =
          step.held && first &&
          step.held->work.idempotency_key == step.ended->work.idempotency_key;
      if (same)
        std::erase_if(joined_,
                      [&](const auto& j) { return j.number == first->number; });
      else
        joined_.clear();
    }
    events_ += step.events.size();
    real_.take(step);
  }

  lock_id lock_number(int ordinal) const {
    for (const auto& [number, n] : locks_)
      if (n == ordinal)
        return {7, number};
    return {7, 99'999};
  }

  std::string seen() const;
  std::string see_holder(const lock_record& lock) const;

  std::string lock_name(std::uint64_t number) const {
    return "lock" + std::to_string(number == 0 ? 0 : locks_.at(number));
  }

  one_resource real_;
  naive_locks naive_;
  std::vector<flight_joiner> joined_;
  std::map<std::uint64_t, int> locks_;
  std::map<std::uint64_t, int> entries_;
  std::map<std::uint64_t, int> letters_;
  std::size_t events_ = 0; ///< of the last step
};

std::string both::see_holder(const lock_record& lock) const {
  // Both clocks run alike here; what is told to people must agree.
  auto until =
      real_.now.wall_ms + (lock.deadline_boot_us - real_.now.boot_us) / 1000;
  auto retry =
      lock.retry_boot_us == 0
          ? 0
          : real_.now.wall_ms + (lock.retry_boot_us - real_.now.boot_us) / 1000;
  if (lock.expires_at_ms != until)
    return "two ends of one lease";
  return lock_name(lock.token()) + " " + lock.work.owner_id + "/" +
         lock.work.idempotency_key + " " + std::string{to_string(lock.status)} +
         (lock.claimed ? "" : " unclaimed") + " until " +
         std::to_string(until) + " attempt " + std::to_string(lock.attempts) +
         " retry " + std::to_string(retry) + "\n";
}

std::string both::seen() const {
  std::string text;
  if (real_.state.holder)
    text += see_holder(*real_.state.holder);
  for (const auto& [rank, entry] : real_.state.waiters)
    text += std::to_string(real_.state.waiters.position(entry.id)) + ": entry" +
            std::to_string(entries_.at(entry.id.number)) + " " +
            entry.work.owner_id + "/" + entry.work.idempotency_key +
            (entry.lasting ? " lasting\n" : "\n");
  for (const auto& [key, outcome] : real_.outcomes)
    text += key + " " + std::string{to_string(outcome.status)} + " " +
            lock_name(outcome.lock.number) + "\n";
  for (const auto& letter : real_.letters)
    text += "letter" + std::to_string(letters_.at(letter.id.number)) + " " +
            letter.kind + " " + lock_name(letter.lock.number) + "\n";
  for (const auto& [number, lock] : real_.ended)
    text += lock_name(number) + " " + std::string{to_string(lock.status)} +
            " " +
            (lock.status == lock_status::released ? lock.result : lock.error) +
            "\n";
  for (auto i = real_.journal.size() - events_; i < real_.journal.size(); ++i)
    text += std::string{to_string(real_.journal[i].kind)} + " " +
            lock_name(real_.journal[i].lock.number) + " " +
            real_.journal[i].owner_id + "\n";
  return text;
}

} // namespace

TEST_CASE("the rules agree with a naive model on every history") {
  auto ops = rc::gen::container<std::vector<op>>(
      rc::gen::build<op>(rc::gen::set(&op::what), rc::gen::set(&op::a),
                         rc::gen::set(&op::b), rc::gen::set(&op::c)));
  CHECK(rc::check([&] {
    // Long enough that queues fill, letters gather and outcomes grow old.
    for (const auto& history :
         *rc::gen::container<std::vector<std::vector<op>>>(8, ops)) {
      both world;
      for (const auto& o : history) {
        world.act(o);
        if (!world.complaint.empty())
          RC_FAIL(world.complaint);
      }
    }
  }));
}
