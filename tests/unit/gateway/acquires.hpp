// Acquires as clients send them, and what an actor answers.
#pragma once

#include "tests/unit/gateway/fake_service.hpp"

#include <string>
#include <string_view>

namespace holdfast::test {

inline constexpr const char* minimal = R"({"resourceId":"r","ownerId":"o"})";

/// The minimal acquire with one more member.
inline std::string acquire_with(std::string_view member) {
  return R"({"resourceId":"r","ownerId":"o",)" + std::string{member} + "}";
}

inline acquire_answer queued() {
  acquire_answer out;
  out.outcome = acquire_outcome::queued;
  out.entry = example_entry();
  return out;
}

inline acquire_answer replayed() {
  acquire_answer out;
  out.outcome = acquire_outcome::replayed;
  out.lock = example_lock();
  out.lock.status = lock_status::released;
  out.lock.result = R"({"orderId":"7"})";
  return out;
}

} // namespace holdfast::test
