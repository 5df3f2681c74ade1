#include "actors/send_pace.hpp"

#include <algorithm>

namespace holdfast {

namespace {

constexpr std::int64_t one = 1'000'000;
/// Buckets of chats that are full again are forgotten beyond this many.
constexpr std::size_t chats_max = 1000;

/// `level` after `passed_us`, at `rate` millionths a second, at most `top`.
std::int64_t refill(std::int64_t level, std::int64_t passed_us,
                    std::int64_t rate, std::int64_t top) {
  // A minute fills everything; longer ones could overflow.
  auto passed = std::clamp<std::int64_t>(passed_us, 0, 3'600'000'000);
  return std::min(top, level + passed / 1000 * rate / 1000);
}

/// Time until `level` is one whole message.
std::int64_t time_to_one(std::int64_t level, std::int64_t rate) {
  if (level >= one)
    return 0;
  // Rounded up to whole milliseconds, in which buckets fill.
  return ((one - level) * 1000 / rate + 1) * 1000;
}

} // namespace

send_pace::bucket send_pace::filled(const std::string& chat,
                                    std::int64_t now_us) const {
  auto found = chats_.find(chat);
  if (found == chats_.end())
    return {how_.chat_burst * one, now_us, 0};
  auto x = found->second;
  x.level = refill(x.level, now_us - x.at_us, how_.chat_per_minute * one / 60,
                   how_.chat_burst * one);
  x.at_us = now_us;
  return x;
}

send_pace::bucket send_pace::filled_all(std::int64_t now_us) const {
  auto x = all_;
  if (!used_)
    x.level = how_.per_second * one;
  else
    x.level = refill(x.level, now_us - x.at_us, how_.per_second * one,
                     how_.per_second * one);
  x.at_us = now_us;
  return x;
}

std::int64_t send_pace::wait_us(const std::string& chat,
                                std::int64_t now_us) const {
  auto x = filled(chat, now_us);
  auto wait = std::max<std::int64_t>(0, x.held_until_us - now_us);
  if (how_.chat_burst > 0 && how_.chat_per_minute > 0)
    wait =
        std::max(wait, time_to_one(x.level, how_.chat_per_minute * one / 60));
  if (how_.per_second > 0)
    wait = std::max(
        wait, time_to_one(filled_all(now_us).level, how_.per_second * one));
  return wait;
}

void send_pace::take(const std::string& chat, std::int64_t now_us) {
  auto x = filled(chat, now_us);
  x.level -= one;
  chats_[chat] = x;
  all_ = filled_all(now_us);
  all_.level -= one;
  used_ = true;
  if (chats_.size() > chats_max)
    std::erase_if(chats_, [&](const auto& entry) {
      return filled(entry.first, now_us).level >= how_.chat_burst * one &&
             entry.second.held_until_us <= now_us;
    });
}

void send_pace::hold(const std::string& chat, std::int64_t until_us) {
  auto x = filled(chat, until_us);
  auto& kept = chats_.try_emplace(chat, x).first->second;
  kept.held_until_us = std::max(kept.held_until_us, until_us);
}

} // namespace holdfast
