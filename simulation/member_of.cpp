#include "simulation/member_of.hpp"

#include "messages/json_text.hpp"

#include <algorithm>
#include <vector>

namespace holdfast::simulation {

std::string member_of(const std::string& json, std::string_view name) {
  std::vector<json_member> members;
  std::string why;
  if (!split_members(json, {}, members, why))
    return {};
  auto found = std::ranges::find(members, name, &json_member::name);
  return found == members.end() ? std::string{}
                                : decode_string(found->value).value_or("");
}

} // namespace holdfast::simulation
