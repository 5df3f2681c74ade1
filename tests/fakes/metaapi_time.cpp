// UTC alone, digit by digit.
// Must not know accounts.
#include "tests/fakes/metaapi_time.hpp"

#include <algorithm>
#include <chrono>

namespace fake {

namespace {

using namespace std::chrono;

constexpr std::string_view shape = "0000-00-00T00:00:00.000Z";
constexpr std::string_view without_ms = "0000-00-00T00:00:00Z";

bool has_shape(std::string_view text, std::string_view wanted) {
  if (text.size() != wanted.size())
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto digit = text[i] >= '0' && text[i] <= '9';
    if (wanted[i] == '0' ? !digit : text[i] != wanted[i])
      return false;
  }
  return true;
}

int number_at(std::string_view text, std::size_t from, std::size_t count) {
  int value = 0;
  for (char c : text.substr(from, count))
    value = value * 10 + (c - '0');
  return value;
}

std::string padded(std::int64_t value, std::size_t width) {
  auto digits = std::to_string(value);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

} // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  auto whole = has_shape(text, shape);
  if (!whole && !has_shape(text, without_ms))
    return std::nullopt;
  auto part = [&](std::size_t from, std::size_t count) {
    return number_at(text, from, count);
  };
  year_month_day date{year{part(0, 4)},
                      month{static_cast<unsigned>(part(5, 2))},
                      day{static_cast<unsigned>(part(8, 2))}};
  if (!date.ok() || part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 59)
    return std::nullopt;
  auto time = sys_days{date} + hours{part(11, 2)} + minutes{part(14, 2)} +
              seconds{part(17, 2)} + milliseconds{whole ? part(20, 3) : 0};
  return time.time_since_epoch().count();
}

std::string time_text(std::int64_t ms) {
  sys_time<milliseconds> time{milliseconds{ms}};
  auto midnight = floor<days>(time);
  year_month_day date{midnight};
  hh_mm_ss clock{time - midnight};
  return padded(int{date.year()}, 4) + '-' + padded(unsigned{date.month()}, 2) +
         '-' + padded(unsigned{date.day()}, 2) + 'T' +
         padded(clock.hours().count(), 2) + ':' +
         padded(clock.minutes().count(), 2) + ':' +
         padded(clock.seconds().count(), 2) + '.' +
         padded(clock.subseconds().count(), 3) + 'Z';
}

} // namespace fake
