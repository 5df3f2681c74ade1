#include "adapters/mexc_sends.hpp"

#include <algorithm>

namespace holdfast {

namespace {

/// A timestamp may be that much ahead of the server's clock.
constexpr std::int64_t ahead_max_ms = 1000;

} // namespace

void mexc_sends::server_time_seen(std::int64_t now_ms) {
  if (first_seen_ms_ == 0)
    first_seen_ms_ = now_ms;
}

void mexc_sends::sent(const std::string& client_order_id,
                      std::int64_t timestamp) {
  while (!oldest_first_.empty() &&
         (oldest_first_.size() >= orders_max_ ||
          oldest_first_.front().timestamp + settle_ms_ < timestamp))
    forget_oldest();
  auto& x = orders_[client_order_id];
  x.timestamp = std::max(x.timestamp, timestamp);
  x.open = true;
  oldest_first_.push_back({x.timestamp, client_order_id});
}

void mexc_sends::settled(const std::string& client_order_id) {
  auto found = orders_.find(client_order_id);
  if (found != orders_.end())
    found->second.open = false;
}

bool mexc_sends::may_be_there(const std::string& client_order_id) const {
  auto found = orders_.find(client_order_id);
  return found != orders_.end() && found->second.open;
}

std::int64_t mexc_sends::sure_after(const std::string& client_order_id) const {
  auto found = orders_.find(client_order_id);
  auto last = found != orders_.end()
                  ? found->second.timestamp
                  : std::max(first_seen_ms_ + ahead_max_ms, forgotten_);
  return last + settle_ms_;
}

void mexc_sends::forget_oldest() {
  const auto& oldest = oldest_first_.front();
  forgotten_ = std::max(forgotten_, oldest.timestamp);
  auto found = orders_.find(oldest.client_order_id);
  if (found != orders_.end() && found->second.timestamp == oldest.timestamp)
    orders_.erase(found);
  oldest_first_.pop_front();
}

} // namespace holdfast
