#include "tests/history/tokens.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace linear {

namespace {

struct grant {
  std::string lock;
  std::uint64_t token = 0;
  std::int64_t asked_us = 0;       ///< it was granted after this
  std::int64_t heard_us = forever; ///< and before this
};

bool tells_token(const operation& op) {
  return !op.lock.empty() && op.token != 0 &&
         (op.answer == verdict::granted || op.answer == verdict::shown);
}

/// When locks and entries were asked for, by their names.
std::map<std::string, std::int64_t> requests_of(const operations& all) {
  std::map<std::string, std::int64_t> unheard; // of a transaction
  for (const auto& op : all)
    if (op.kind == call::acquire && !op.answered()) {
      auto first = unheard.try_emplace(op.work, op.invoked_us).first;
      first->second = std::min(first->second, op.invoked_us);
    }
  std::map<std::string, std::int64_t> asked;
  for (const auto& op : all) {
    if (op.answer == verdict::granted)
      asked[op.lock] = op.invoked_us;
    if (op.answer != verdict::queued)
      continue;
    // Another request may have made the entry, one without an answer too.
    auto first = asked.try_emplace(op.entry, op.invoked_us).first;
    first->second = std::min(first->second, op.invoked_us);
    if (auto at = unheard.find(op.work); at != unheard.end())
      first->second = std::min(first->second, at->second);
  }
  return asked;
}

std::vector<grant> grants_of(const operations& all) {
  auto asked = requests_of(all);
  std::map<std::string, grant> found;
  for (const auto& op : all) {
    if (!tells_token(op))
      continue;
    auto& lock = found[op.lock];
    lock.lock = op.lock;
    lock.token = op.token;
    lock.heard_us = std::min(lock.heard_us, op.answered_us);
    for (const auto* name : {&op.lock, &op.entry})
      if (auto at = asked.find(*name); at != asked.end())
        lock.asked_us = std::max(lock.asked_us, at->second);
  }
  std::vector<grant> grants;
  for (auto& [name, lock] : found)
    grants.push_back(std::move(lock));
  return grants;
}

} // namespace

std::vector<std::string> token_faults(const operations& all) {
  auto grants = grants_of(all);
  std::vector<std::string> faults;
  std::ranges::sort(grants, {}, &grant::token);
  for (std::size_t i = 1; i < grants.size(); ++i)
    if (grants[i].token == grants[i - 1].token)
      faults.push_back(grants[i].lock + " and " + grants[i - 1].lock +
                       " have the same token");
  // From the largest token down: was it heard of before a smaller one's lock
  // was asked for?
  std::int64_t heard_us = forever;
  std::string larger;
  for (auto i = grants.size(); i-- > 0;) {
    if (grants[i].asked_us > heard_us)
      faults.push_back("the token of " + grants[i].lock +
                       " is not larger than that of " + larger +
                       ", which was heard of before");
    if (grants[i].heard_us < heard_us) {
      heard_us = grants[i].heard_us;
      larger = grants[i].lock;
    }
  }
  return faults;
}

} // namespace linear
