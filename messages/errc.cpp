// The stable texts of refusals, as they stand in problem+json answers.
// Must not know CAF, HTTP or storage.
#include "messages/errc.hpp"

#include "messages/enum_names.hpp"

namespace holdfast {

std::string_view to_string(errc code) {
  static constexpr enum_names<19> names{
      "none",
      "invalid",
      "not-found",
      "held",
      "in-progress",
      "in-doubt",
      "wait-timeout",
      "key-mismatch",
      "queue-full",
      "stale-lock",
      "not-waiting",
      "rate-limited",
      "storage-unavailable",
      "shutting-down",
      "cancelled",
      "order-rejected",
      "exchange-unavailable",
      "outcome-unknown",
      "forbidden",
  };
  return name_of(names, code);
}

} // namespace holdfast
