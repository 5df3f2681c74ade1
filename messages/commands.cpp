// The names of choices that commands offer.
// Must not know CAF, HTTP or storage.
#include "messages/commands.hpp"

#include "messages/enum_names.hpp"

namespace holdfast {

bool from_string(std::string_view text, when_locked& x) {
  static constexpr enum_names<3> names{"reject", "queue", "wait"};
  return find_name(names, text, x);
}

} // namespace holdfast
