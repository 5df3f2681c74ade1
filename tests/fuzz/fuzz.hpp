// What the fuzz targets have in common. Must not know what is fuzzed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace holdfast::fuzz {

/// Ends the run, as a crash would, when a property does not hold.
inline void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

/// The input as text behind a first byte that chooses what is done with it.
class input {
public:
  input(const std::uint8_t* data, std::size_t size)
      : text_(reinterpret_cast<const char*>(data), size) {}

  /// A number below `count`, from the next byte; 0 when there is none.
  unsigned choose(unsigned count) {
    if (text_.empty())
      return 0;
    auto byte = static_cast<unsigned char>(text_.front());
    text_.remove_prefix(1);
    return byte % count;
  }
  std::string_view rest() const { return text_; }

private:
  std::string_view text_;
};

} // namespace holdfast::fuzz
