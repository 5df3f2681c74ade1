// An act on the outside world, as the ledger keeps it: intent durable before
// it happens, outcome after it.
// Must not know CAF, HTTP or storage.
#pragma once

#include "messages/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

// An effect's life:
//
//   pending ──begin──► sending ──► done | failed
//      ▲                  │ └────► unknown ──resolve──► done | failed | pending
//      └──surely not sent─┘
enum class effect_state : std::uint8_t {
  pending, ///< meant, and surely not on its way
  sending, ///< it may be happening, or have happened
  done,
  failed,  ///< it surely did not happen
  unknown, ///< nobody knows; an operator has to find out
};

std::string_view to_string(effect_state x);
bool from_string(std::string_view text, effect_state& x);

/// One act. There is one per transaction, however often it is tried.
struct effect_record {
  effect_id id;
  std::string kind; ///< "order"; others come with their executors
  std::string resource;
  std::string owner_id;
  lock_id lock;        ///< under which it acts; its number is the token
  bool beside = false; ///< an emergency: `lock` is not a holder
  effect_state state = effect_state::pending;
  std::uint32_t attempts = 0;     ///< how often it was begun
  std::string intent;             ///< JSON object: what was to be done
  std::string outcome;            ///< JSON: what came of it; empty: nothing yet
  std::int64_t created_at_ms = 0; ///< wall clock
  std::int64_t updated_at_ms = 0;
};

} // namespace holdfast
