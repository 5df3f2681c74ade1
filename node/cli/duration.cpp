#include "node/cli/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace holdfast {

namespace {

struct unit {
  std::string_view name;
  std::int64_t ms;
};

constexpr std::array<unit, 4> units{
    {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

/// More than anybody waits for, and safe to calculate with.
constexpr std::int64_t max_ms = std::int64_t{10'000} * 24 * 3'600'000;

} // namespace

std::chrono::milliseconds parse_duration(std::string_view text) {
  std::int64_t n = -1;
  auto end = text.data() + text.size();
  auto [at, failure] = std::from_chars(text.data(), end, n);
  std::string_view name{at, static_cast<std::size_t>(end - at)};
  for (auto& u : units)
    if (failure == std::errc{} && n >= 0 && name == u.name &&
        n <= max_ms / u.ms)
      return std::chrono::milliseconds{n * u.ms};
  throw std::invalid_argument("'" + std::string{text} +
                              "' is no duration; write a whole number and a "
                              "unit, such as 500ms, 30s, 2m or 1h");
}

std::string to_text(std::chrono::milliseconds x) {
  for (auto& u : units)
    if (x.count() != 0 && x.count() % u.ms == 0)
      return std::to_string(x.count() / u.ms) + std::string{u.name};
  return "0s";
}

} // namespace holdfast
