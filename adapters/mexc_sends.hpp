// Remembers which orders were sent when, to know when one can no longer come.
// Must not know CAF, HTTP or clocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace holdfast {

// The exchange takes an order until its own clock has passed the timestamp by
// recvWindow, and shows it to queries a margin later. A query made after that
// which does not find it is final:
//
//   timestamp ── recvWindow ──┬── margin ──► surely absent, if not found
//        may still be taken   └ may not yet be shown
//
// All times are the server's, in ms. Not thread-safe.
class mexc_sends {
public:
  /// Remembers at most `orders_max` orders one by one.
  mexc_sends(std::int64_t recv_window_ms, std::int64_t margin_ms,
             std::size_t orders_max)
      : settle_ms_(recv_window_ms + margin_ms), orders_max_(orders_max) {}

  /// The first time counts: what another process sent, it sent before.
  void server_time_seen(std::int64_t now_ms);

  /// An order leaves with this timestamp.
  void sent(const std::string& client_order_id, std::int64_t timestamp);

  /// It is known what came of it: refused, not sent, or surely absent.
  void settled(const std::string& client_order_id);

  /// Sent by this process, and nobody knows yet that it came to nothing.
  bool may_be_there(const std::string& client_order_id) const;

  /// No order of this id can come or appear any more when the server's clock
  /// is later than this.
  std::int64_t sure_after(const std::string& client_order_id) const;

private:
  struct order {
    std::int64_t timestamp = 0; ///< the latest
    bool open = true;
  };
  struct send {
    std::int64_t timestamp;
    std::string client_order_id;
  };

  void forget_oldest();

  const std::int64_t settle_ms_;
  const std::size_t orders_max_;
  std::int64_t first_seen_ms_ = 0;
  std::unordered_map<std::string, order> orders_;
  std::deque<send> oldest_first_;
  std::int64_t forgotten_ = 0; ///< the latest timestamp of those forgotten
};

} // namespace holdfast
