#include "tests/crash/linear_load.hpp"

#include "tests/crash/kills.hpp"

#include <chrono>
#include <set>

namespace holdfast::test {

using namespace std::chrono_literals;
using linear::verdict;

namespace {

constexpr int resources = 3;
constexpr int attempts_max = 500;

} // namespace

std::string arena_resource(std::uint64_t random) {
  return "arena:" + std::to_string(random % resources);
}

errand arena::shared_errand(std::mt19937_64& random) {
  std::lock_guard guard{mutex_};
  if (recent_.size() < 3 || random() % 5 == 0) {
    errand fresh;
    fresh.resource = arena_resource(random());
    fresh.key = new_name("shared-");
    fresh.owner = "team";
    fresh.priority = static_cast<int>(1 + random() % 10);
    fresh.lease_ms = 150;
    recent_.push_back(fresh);
    if (recent_.size() > 6)
      recent_.pop_front();
  }
  return recent_[random() % recent_.size()];
}

bot::bot(arena& all, int number)
    : all_(all), number_(number),
      random_(all.seed * 1000 + static_cast<std::uint64_t>(number)),
      client_(all.record, all.port, all.aborted, number) {}

int bot::between(int low, int high) {
  return std::uniform_int_distribution<int>{low, high}(random_);
}

errand bot::pick() {
  auto dice = between(1, 10);
  if (dice <= 3)
    return all_.shared_errand(random_);
  errand mine;
  mine.resource = arena_resource(random_());
  mine.priority = between(1, 10);
  if (dice == 4) {
    mine.owner = all_.new_name("plain-");
    mine.lease_ms = 50; // a grant whose answer is lost has to run out
    return mine;
  }
  mine.owner = "bot-" + std::to_string(number_);
  mine.key = all_.new_name("key-");
  mine.lease_ms = between(100, 400);
  return mine;
}

void bot::run() {
  while (!all_.stopping && !all_.aborted) {
    perform(pick());
    if (one_in(6))
      client_.read_resource(arena_resource(random_()));
  }
}

void bot::perform(const errand& what) {
  auto queue = !one_in(4);
  for (int i = 0; i < attempts_max && !all_.aborted; ++i) {
    auto told = client_.acquire(what, queue);
    switch (told.answer) {
    case verdict::none:
      if (what.key.empty())
        return; // repeating would be another transaction
      continue;
    case verdict::granted:
      return hold(what, told.lock, told.token);
    case verdict::queued:
      return wait_in_queue(what, told.entry);
    case verdict::in_progress:
      return find_again(what, told.lock);
    default:
      return;
    }
  }
}

void bot::wait_in_queue(const errand& what, const std::string& entry) {
  for (int i = 0; i < attempts_max && !all_.aborted; ++i) {
    if (one_in(10) && client_.cancel(what, entry).answer == verdict::done)
      return;
    auto told = client_.read_entry(what, entry, one_in(2) ? 0 : 50);
    if (told.answer == verdict::none || told.status == "waiting")
      continue;
    if (told.status == "granted")
      hold(what, told.lock, told.token);
    return;
  }
}

/// The answer to an earlier attempt was lost, or somebody else's of the same
/// team holds: whoever it is, the lock may be ended.
void bot::find_again(const errand& what, const std::string& lock) {
  auto told = client_.read_lock(what, lock);
  if (told.answer == verdict::shown && told.status == "active")
    hold(what, told.lock, told.token);
}

void bot::hold(const errand& what, const std::string& lock,
               std::uint64_t token) {
  if (one_in(4))
    client_.renew(what, lock, token, one_in(2) ? 0 : what.lease_ms);
  if (one_in(3))
    pause(random_, 0us, 3000us);
  if (one_in(20))
    client_.force(what, lock);
  if (one_in(15))
    client_.release(what, lock, token - 1, "result 0"); // never its token
  if (one_in(25)) // the bot hangs, and comes back too late
    pause(random_, what.lease_ms * 1ms, what.lease_ms * 1ms + 20ms);
  end(what, lock, token);
}

void bot::end(const errand& what, const std::string& lock,
              std::uint64_t token) {
  auto number = std::to_string(all_.next_number++);
  auto content = (one_in(5) ? "error " : "result ") + number;
  for (int i = 0; i < attempts_max && !all_.aborted; ++i)
    if (client_.release(what, lock, token, content).answered())
      break;
  if (one_in(6))
    client_.release(what, lock, token, content);
  if (one_in(12))
    client_.release(what, lock, token, "result -1");
  if (one_in(8))
    client_.read_lock(what, lock);
  if (!what.key.empty() && one_in(3))
    client_.acquire(what, false); // replayed, or tried again
}

void read_everything(arena& all, const linear::operations& seen) {
  linear_client client{all.record, all.port, all.aborted, 0};
  std::set<std::string> known;
  for (const auto& op : seen) {
    errand what{op.resource, op.work, {}};
    if (known.insert(op.resource).second)
      client.read_resource(op.resource);
    if (!op.lock.empty() && known.insert(op.lock).second)
      client.read_lock(what, op.lock);
    if (!op.entry.empty() && known.insert(op.entry).second)
      client.read_entry(what, op.entry, 0);
  }
}

} // namespace holdfast::test
