// What a messenger's adapter says of a message.
// Must not know any service.
#pragma once

#include "messages/position.hpp"

#include <string>
#include <utility>

namespace holdfast {

inline message_report report(message_report::kind_type kind,
                             std::string message) {
  message_report result;
  result.kind = kind;
  result.message = std::move(message);
  return result;
}

} // namespace holdfast
