// The names of the tables, as used in errors and inside LMDB.
// Must not know what the records mean.
#include "storage/store.hpp"

namespace holdfast {

std::string_view to_string(table t) {
  switch (t) {
  case table::meta:
    return "meta";
  case table::resources:
    return "resources";
  case table::locks:
    return "locks";
  case table::in_doubt:
    return "in_doubt";
  case table::history:
    return "history";
  case table::waiters:
    return "waiters";
  case table::entries:
    return "entries";
  case table::outcomes:
    return "outcomes";
  case table::dead_letters:
    return "dead_letters";
  case table::journal:
    return "journal";
  case table::beside:
    return "beside";
  case table::effects:
    return "effects";
  case table::trades:
    return "trades";
  case table::positions:
    return "positions";
  case table::position_index:
    return "position_index";
  case table::outbox:
    return "outbox";
  }
  return "unknown";
}

} // namespace holdfast
