// Which account a feed follows, and how.
// Must not know any bridge.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast {

struct feed_settings {
  std::string account_id;
  std::int64_t poll_interval_ms = 2000;
  /// What was open when the account was seen for the first time is announced;
  /// otherwise it is known, and silent for good.
  bool announce_at_first = false;
};

} // namespace holdfast
