// Times of the wall clock as text.
// Must not know a clock.
#include "messages/timestamp.hpp"

#include <chrono>
#include <cstddef>

namespace holdfast {

std::string timestamp(std::int64_t wall_ms) {
  using namespace std::chrono;
  sys_time<milliseconds> time{milliseconds{wall_ms}};
  auto midnight = floor<days>(time);
  year_month_day date{midnight};
  hh_mm_ss clock{time - midnight};
  std::string out;
  out.reserve(24);
  auto part = [&](auto number, std::size_t digits, char behind) {
    auto text = std::to_string(number);
    if (text.size() < digits)
      out.append(digits - text.size(), '0');
    out += text;
    out += behind;
  };
  part(static_cast<int>(date.year()), 4, '-');
  part(static_cast<unsigned>(date.month()), 2, '-');
  part(static_cast<unsigned>(date.day()), 2, 'T');
  part(clock.hours().count(), 2, ':');
  part(clock.minutes().count(), 2, ':');
  part(clock.seconds().count(), 2, '.');
  part(clock.subseconds().count(), 3, 'Z');
  return out;
}

} // namespace holdfast
