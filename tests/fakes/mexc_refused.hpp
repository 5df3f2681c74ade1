// How a call of the exchange ends early; caught by exchange::serve alone.
// Must not know which call.
#pragma once

#include "tests/fakes/mexc_exchange.hpp"

#include <string>

namespace fake {

struct exchange::refused {
  std::string counter; ///< of the book's `refused`; empty: not counted
  int code;            ///< MEXC's
  std::string message;
  int status = 400; ///< HTTP
};

} // namespace fake
