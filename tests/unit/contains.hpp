// A part of a text, as tests look for it.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::test {

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace holdfast::test
