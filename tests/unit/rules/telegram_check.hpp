// What Telegram does with a text in HTML, as plainly as can be: for tests.
// Shares no code with the rules.
#pragma once

#include <cstddef>
#include <string>

namespace holdfast::test {

struct parsed_html {
  std::string error;     ///< empty: Telegram takes it
  std::string shown;     ///< the text without markup, UTF-8
  std::size_t units = 0; ///< UTF-16 code units of `shown`
};

parsed_html parse_as_telegram(const std::string& html);

} // namespace holdfast::test
