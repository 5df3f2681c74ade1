#include "messages/percent_encoding.hpp"

namespace holdfast {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string result;
  for (unsigned char c : text)
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
        (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' || c == '~')
      result += static_cast<char>(c);
    else
      (((result += '%') += hex[c >> 4]) += hex[c & 15]);
  return result;
}

} // namespace holdfast
