// The names of what a lock, an owner, a transaction and an entry can be.
// Must not know CAF, HTTP or storage.
#include "messages/lock.hpp"

#include "messages/enum_names.hpp"

namespace holdfast {

namespace {

constexpr enum_names<6> lock_statuses{"active",  "released",       "failed",
                                      "expired", "force_released", "in_doubt"};
constexpr enum_names<3> owner_types{"user", "system", "workflow"};
constexpr enum_names<4> transaction_types{"trade", "cancel", "update",
                                          "signal"};
constexpr enum_names<4> entry_statuses{"waiting", "granted", "cancelled",
                                       "finished"};

} // namespace

std::string_view to_string(lock_status x) { return name_of(lock_statuses, x); }

std::string_view to_string(owner_type x) { return name_of(owner_types, x); }

std::string_view to_string(transaction_type x) {
  return name_of(transaction_types, x);
}

std::string_view to_string(entry_status x) {
  return name_of(entry_statuses, x);
}

bool from_string(std::string_view text, lock_status& x) {
  return find_name(lock_statuses, text, x);
}

bool from_string(std::string_view text, owner_type& x) {
  return find_name(owner_types, text, x);
}

bool from_string(std::string_view text, transaction_type& x) {
  return find_name(transaction_types, text, x);
}

} // namespace holdfast
