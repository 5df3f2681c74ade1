// Percent-encoding, times and unique names.
// Must not know the node.
#include "tests/support/text.hpp"

#include <atomic>
#include <cctype>
#include <chrono>
#include <ctime>
#include <regex>
#include <stdexcept>

namespace holdfast::test {

std::string percent_encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    if (std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += digits[c >> 4];
      out += digits[c & 15];
    }
  }
  return out;
}

bool is_timestamp(const std::string& text) {
  static const std::regex pattern(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)");
  return std::regex_match(text, pattern);
}

std::int64_t to_ms(const std::string& timestamp) {
  if (!is_timestamp(timestamp))
    throw std::runtime_error("not a timestamp: " + timestamp);
  std::tm parts{};
  parts.tm_year = std::stoi(timestamp.substr(0, 4)) - 1900;
  parts.tm_mon = std::stoi(timestamp.substr(5, 2)) - 1;
  parts.tm_mday = std::stoi(timestamp.substr(8, 2));
  parts.tm_hour = std::stoi(timestamp.substr(11, 2));
  parts.tm_min = std::stoi(timestamp.substr(14, 2));
  parts.tm_sec = std::stoi(timestamp.substr(17, 2));
  return std::int64_t{timegm(&parts)} * 1000 +
         std::stoi(timestamp.substr(20, 3));
}

std::int64_t wall_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
      .count();
}

bool mentions(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

std::string unique(std::string_view name) {
  static std::atomic<int> next{1};
  return std::string{name} + ":" + std::to_string(next++);
}

} // namespace holdfast::test
