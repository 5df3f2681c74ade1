// Names of enum values by position: the one place that looks them up.
// Must not know any particular enum.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace holdfast {

/// Names of an enum whose values count up from zero.
template <std::size_t N>
using enum_names = std::array<std::string_view, N>;

/// The name of `x`; "unknown" for a value that the enum does not have.
template <class Enum, std::size_t N>
constexpr std::string_view name_of(const enum_names<N>& names, Enum x) {
  auto index = static_cast<std::size_t>(x);
  return index < N ? names[index] : std::string_view{"unknown"};
}

/// Sets `x` to the value called `text`; false when there is none.
template <class Enum, std::size_t N>
constexpr bool find_name(const enum_names<N>& names, std::string_view text,
                         Enum& x) {
  for (std::size_t index = 0; index < N; ++index) {
    if (names[index] == text) {
      x = static_cast<Enum>(index);
      return true;
    }
  }
  return false;
}

} // namespace holdfast
