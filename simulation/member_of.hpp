// Reads a text out of a JSON object, for those who judge.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::simulation {

/// The text `name` of the object `json`; empty when it is not there.
std::string member_of(const std::string& json, std::string_view name);

} // namespace holdfast::simulation
