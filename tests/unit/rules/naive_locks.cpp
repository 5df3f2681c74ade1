#include "naive_locks.hpp"

#include <algorithm>

namespace holdfast::test {

std::string naive_locks::known(const naive_request& what, bool waits) const {
  if (what.key.empty())
    return "";
  if (holder && holder->what.key == what.key) {
    if (holder->what.owner != what.owner)
      return "key-mismatch";
    if (waits)
      return "join";
    return holder->status == "in_doubt" ? "in-doubt" : "in-progress";
  }
  for (const auto& w : waiting)
    if (w.what.key == what.key)
      return w.what.owner == what.owner ? "same " + std::to_string(w.number)
                                        : "key-mismatch";
  auto i = outcomes.find(what.key);
  if (i == outcomes.end() || now_ms - i->second.at_ms >= retention_ms)
    return "";
  if (i->second.owner != what.owner)
    return "key-mismatch";
  if (i->second.status == "released")
    return "replay " + std::to_string(i->second.lock);
  return "";
}

std::string naive_locks::acquire(const naive_request& what,
                                 const std::string& otherwise) {
  auto answer = known(what, otherwise == "wait");
  if (answer == "join")
    joined.push_back({0, what, false, ++arrivals_});
  if (!answer.empty())
    return answer;
  if (!holder) {
    grant(what, true);
    return "granted";
  }
  if (otherwise == "reject")
    return holder->status == "in_doubt" ? "in-doubt" : "held";
  if (waiting.size() >= depth)
    return "queue-full";
  waiting.push_back({++entries_, what, otherwise == "queue", ++arrivals_});
  tell("queued", 0, what.owner);
  return "queued";
}

void naive_locks::grant(const naive_request& what, bool claimed) {
  holder = lock{};
  holder->number = ++locks_;
  holder->what = what;
  holder->claimed = claimed || what.task;
  holder->attempts = what.task ? 1 : 0;
  holder->until_ms = now_ms + what.lease_ms;
  tell("granted", holder->number, what.owner);
}

std::size_t naive_locks::first_of(const std::vector<waiter>& list) const {
  std::size_t best = 0;
  for (std::size_t i = 1; i < list.size(); ++i)
    if (list[i].what.priority < list[best].what.priority ||
        (list[i].what.priority == list[best].what.priority &&
         list[i].came < list[best].came))
      best = i;
  return best;
}

void naive_locks::end(const std::string& status, const std::string& text,
                      bool bury_it) {
  auto over = *holder;
  holder.reset();
  over.status = status;
  over.text = text;
  ended.push_back(over);
  tell(status, over.number, over.what.owner);
  if (!over.what.key.empty())
    outcomes[over.what.key] = {over.what.owner, status, over.number, now_ms};
  if (status == "expired" && !over.claimed)
    bury("unclaimed", over);
  if (bury_it)
    bury("task_failed", over);
  if (status == "released")
    joined.clear();
  if (!joined.empty()) {
    auto best = joined[first_of(joined)];
    auto all = waiting;
    all.push_back(best);
    if (first_of(all) == all.size() - 1) {
      std::erase_if(joined, [&](auto& j) { return j.came == best.came; });
      return grant(best.what, true);
    }
    best.number = ++entries_;
    waiting.push_back(best);
    joined.clear();
    tell("queued", 0, best.what.owner);
  }
  if (waiting.empty())
    return;
  auto next = waiting.begin() + std::ptrdiff_t(first_of(waiting));
  auto served = *next;
  waiting.erase(next);
  grant(served.what, !served.lasting);
}

void naive_locks::bury(const std::string& kind, const lock& of) {
  letters.push_back({++letters_, kind, of.what, of.number});
  tell("dead_lettered", of.number, of.what.owner);
}

std::string naive_locks::renew(int number, bool right_token,
                               std::int64_t lease_ms) {
  if (!holder || holder->number != number || !right_token)
    return "stale-lock";
  if (holder->status == "in_doubt")
    return "in-doubt";
  if (lease_ms < 0 || lease_ms > lease_max_ms)
    return "invalid";
  if (lease_ms > 0)
    holder->what.lease_ms = lease_ms;
  holder->claimed = true;
  holder->until_ms = now_ms + holder->what.lease_ms;
  return "done";
}

std::string naive_locks::release(int number, bool right_token, bool failed,
                                 const std::string& text) {
  std::string status = failed ? "failed" : "released";
  if (holder && holder->number == number) {
    if (!right_token)
      return "stale-lock";
    if (holder->status == "in_doubt")
      return "in-doubt";
    if (holder->what.task)
      return "in-progress";
    end(status, text, false);
    return "done";
  }
  for (const auto& l : ended)
    if (l.number == number)
      return right_token && l.status == status && l.text == text ? "already"
                                                                 : "stale-lock";
  return "not-found";
}

std::string naive_locks::force() {
  if (holder->status == "in_doubt")
    return "in-doubt";
  end("force_released", "why", false);
  return "done";
}

std::string naive_locks::cancel(std::size_t which) {
  auto gone = waiting[which];
  waiting.erase(waiting.begin() + std::ptrdiff_t(which));
  tell("cancelled", 0, gone.what.owner);
  if (!gone.what.key.empty())
    outcomes[gone.what.key] = {gone.what.owner, "force_released", 0, now_ms};
  return "done";
}

std::string naive_locks::make_lasting(std::size_t which) {
  waiting[which].lasting = true;
  return "done";
}

std::string naive_locks::claim() {
  holder->claimed = true;
  return "done";
}

std::string naive_locks::task_ends(const std::string& how,
                                   std::int64_t retry_after_ms,
                                   bool most_jitter) {
  auto tried = holder->attempts;
  if (how == "done") {
    end("released", "1", false);
  } else if (how == "unknown") {
    tell("in_doubt", holder->number, holder->what.owner);
    holder->status = "in_doubt";
    holder->text = "why";
  } else if (how == "retryable" && tried < 1 + holder->what.retries) {
    auto delay = retry_base_ms;
    for (int i = 1; i < tried; ++i)
      delay = std::min(delay * 2, retry_max_ms);
    delay = std::max(most_jitter ? delay : 0, retry_after_ms);
    holder->attempts = tried + 1;
    holder->retry_ms = now_ms + delay;
    holder->until_ms = now_ms + holder->what.lease_ms;
    tell("retry_scheduled", holder->number, holder->what.owner);
  } else {
    end("failed", "why", true);
  }
  return "done";
}

std::string naive_locks::resolve(const std::string& how) {
  if (holder && holder->status == "active" && holder->what.task)
    return "in-progress";
  if (!holder || holder->status != "in_doubt")
    return "stale-lock";
  tell("resolved", holder->number, holder->what.owner);
  if (how == "done") {
    end("released", "2", false);
  } else if (how == "failed") {
    end("failed", "looked", false);
  } else {
    holder->status = "active";
    holder->attempts += 1;
    holder->retry_ms = 0;
    holder->until_ms = now_ms + holder->what.lease_ms;
  }
  return "done";
}

std::string naive_locks::extend() {
  holder->until_ms = now_ms + holder->what.lease_ms;
  return "done";
}

std::string naive_locks::requeue(std::size_t which) {
  auto what = letters[which];
  auto answer = known(what.what, false);
  if (answer.starts_with("same") || answer.starts_with("replay"))
    return "in-progress";
  if (!answer.empty())
    return answer;
  if (waiting.size() >= depth)
    return "queue-full";
  letters.erase(letters.begin() + std::ptrdiff_t(which));
  tell("requeued", what.lock, what.what.owner);
  tell("queued", 0, what.what.owner);
  ++entries_;
  if (holder)
    waiting.push_back({entries_, what.what, true, ++arrivals_});
  else
    grant(what.what, false);
  return "done";
}

std::string naive_locks::discard(std::size_t which) {
  tell("resolved", letters[which].lock, letters[which].what.owner);
  letters.erase(letters.begin() + std::ptrdiff_t(which));
  return "done";
}

std::string naive_locks::expire() {
  if (!holder || holder->status != "active" || holder->what.task ||
      now_ms < holder->until_ms)
    return "not yet";
  end("expired", "the lease ran out", false);
  return "done";
}

void naive_locks::tell(const std::string& kind, int number,
                       const std::string& owner) {
  told.push_back(kind + " lock" + std::to_string(number) + " " + owner);
}

std::string naive_locks::seen() const {
  std::string text;
  if (holder)
    text += "lock" + std::to_string(holder->number) + " " + holder->what.owner +
            "/" + holder->what.key + " " + holder->status +
            (holder->claimed ? "" : " unclaimed") + " until " +
            std::to_string(holder->until_ms) + " attempt " +
            std::to_string(holder->attempts) + " retry " +
            std::to_string(holder->retry_ms) + "\n";
  auto rest = waiting;
  for (int position = 1; !rest.empty(); ++position) {
    auto next = first_of(rest);
    text += std::to_string(position) + ": entry" +
            std::to_string(rest[next].number) + " " + rest[next].what.owner +
            "/" + rest[next].what.key +
            (rest[next].lasting ? " lasting\n" : "\n");
    rest.erase(rest.begin() + std::ptrdiff_t(next));
  }
  for (const auto& [key, o] : outcomes)
    text += key + " " + o.status + " lock" + std::to_string(o.lock) + "\n";
  for (const auto& l : letters)
    text += "letter" + std::to_string(l.number) + " " + l.kind + " lock" +
            std::to_string(l.lock) + "\n";
  for (const auto& l : ended)
    text += "lock" + std::to_string(l.number) + " " + l.status + " " + l.text +
            "\n";
  for (const auto& event : told)
    text += event + "\n";
  return text;
}

} // namespace holdfast::test
