// How patiently, and how fast, a notifier sends.
// Must not know any messenger.
#pragma once

#include <cstdint>

namespace holdfast {

struct notifier_settings {
  /// A message whose outcome is unknown is sent again; otherwise an operator
  /// is asked. Edits, which are harmless to repeat, always are.
  bool resend_unknown = false;
  /// So many messages to one chat at once, and so many a minute after that.
  /// 0: as fast as they come.
  std::int64_t chat_burst = 20;
  std::int64_t chat_per_minute = 60;
  /// So many a second in all; 0: no limit.
  std::int64_t per_second = 30;
  /// After so many attempts of which nobody knows what came of them, where
  /// those are repeated, a message goes to the dead letters; 0: never.
  std::int64_t attempts_max = 0;
  std::int64_t retry_base_ms = 1000;
  std::int64_t retry_max_ms = 60'000;
};

} // namespace holdfast
