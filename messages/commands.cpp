// The names of choices that commands offer.
// Must not know CAF, HTTP or storage.
#include "messages/commands.hpp"

#include "messages/enum_names.hpp"

namespace holdfast {

bool from_string(std::string_view text, when_locked& x) {
  static constexpr enum_names<3> names{"reject", "queue", "wait"};
  return find_name(names, text, x);
}

namespace {

constexpr enum_names<3> resolutions{"done", "failed", "retry"};

} // namespace

std::string_view to_string(resolution x) { return name_of(resolutions, x); }

bool from_string(std::string_view text, resolution& x) {
  return find_name(resolutions, text, x);
}

} // namespace holdfast
