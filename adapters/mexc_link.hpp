// The line to MEXC of one exchange actor: signs, counts, waits, keeps time.
// Must not know what an order is. Used by that actor alone.
#pragma once

#include "adapters/mexc_exchange.hpp"
#include "adapters/mexc_protocol.hpp"
#include "adapters/weight_limiter.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace holdfast {

/// The calls of MEXC's API; each has a limit of its own.
enum class mexc_endpoint : std::uint8_t {
  time,
  symbol,
  order, ///< sent only when its query may follow
  query,
  cancel,
  query_of_order, ///< follows an order, which was counted with it
};

/// Every request is answered by a callback exactly once, from within the
/// request, `answered` or `stop`. Not thread-safe.
class mexc_link {
public:
  using callback = std::function<void(const mexc_answer&)>;
  /// Makes the request that is signed with this timestamp. Called just before
  /// it is sent.
  using builder = std::function<http_call(std::int64_t timestamp)>;
  /// Sends a call; `answered` is to be called with its number.
  using sender = std::function<void(std::uint64_t number, http_call call)>;

  mexc_link(const mexc_options& options, sender send);

  /// Sends now, or answers `slow_down` or `not_sent`.
  void ask(mexc_endpoint what, http_call call, callback then);

  /// Sends with the server's time, which is asked for first when it is not
  /// known. After `wrong_time` the time is asked for, and one more request is
  /// made; never more.
  void ask_signed(mexc_endpoint what, builder build, callback then);

  /// Asks for the server's time, and goes on whether it came or not.
  void read_clock(std::function<void(bool known)> then);

  void answered(std::uint64_t number, http_reply reply);

  /// Answers everything that waits; nothing is sent any more.
  void stop();

  bool is_stopping() const { return stopping_; }

  /// The server's clock shows this or later, once it has been read.
  std::int64_t server_now_ms() const { return now_ms() + offset_ms_; }

  /// This machine's; never goes back.
  std::int64_t now_ms() const { return options_.now_ms(); }

private:
  /// In how many ms it may be sent; 0: now, and it is counted.
  std::int64_t take(mexc_endpoint what, std::int64_t now);
  void begin_signed(mexc_endpoint what, const builder& build, callback then,
                    bool again);
  void clock_read(const mexc_answer& answer);
  void note_trouble(const mexc_answer& answer);

  const mexc_options& options_;
  sender send_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, callback> under_way_;
  std::vector<weight_limiter> limits_; ///< by `mexc_endpoint`
  std::int64_t paused_until_ms_ = 0;
  bool stopping_ = false;

  bool knows_time_ = false;
  std::int64_t offset_ms_ = 0;
  bool reading_clock_ = false;
  std::vector<std::function<void(bool)>> clock_waiters_;
  std::string last_trouble_; ///< told once until it changes
};

} // namespace holdfast
