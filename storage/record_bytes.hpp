// Writes and reads the primitive pieces that records are made of.
// Must not know what the records mean.
#pragma once

#include "messages/ids.hpp"
#include "messages/lock.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace holdfast::storage_impl {

/// The format of every record this program writes.
inline constexpr std::uint8_t record_format = 3;

/// Appends `value` to `out`, little endian, in `size` (at most 8) bytes.
inline void append_fixed(std::string& out, std::uint64_t value,
                         std::size_t size) {
  char bytes[8];
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>(value >> (8 * i) & 0xff);
  out.append(bytes, size);
}

/// Reads `bytes` as one little endian number; at most eight bytes.
inline std::uint64_t read_fixed(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

/// Builds one record.
class byte_writer {
public:
  explicit byte_writer(std::size_t expected_size) {
    out_.reserve(expected_size);
  }

  byte_writer& byte(std::uint8_t x) {
    out_ += static_cast<char>(x);
    return *this;
  }

  template <class Enum>
  byte_writer& choice(Enum x) {
    return byte(static_cast<std::uint8_t>(x));
  }

  byte_writer& fixed64(std::uint64_t x) {
    append_fixed(out_, x, 8);
    return *this;
  }

  /// Seven bits per byte, lowest first; the top bit says that more follow.
  byte_writer& number(std::uint64_t x) {
    char bytes[10];
    std::size_t size = 0;
    for (; x >= 0x80; x >>= 7)
      bytes[size++] = static_cast<char>(x | 0x80);
    bytes[size++] = static_cast<char>(x);
    out_.append(bytes, size);
    return *this;
  }

  /// Zigzag, so that small negative numbers stay short.
  byte_writer& signed_number(std::int64_t x) {
    auto bits = static_cast<std::uint64_t>(x);
    return number(bits << 1 ^ (x < 0 ? ~std::uint64_t{0} : 0));
  }

  byte_writer& text(std::string_view x) {
    number(x.size());
    out_.append(x);
    return *this;
  }

  byte_writer& hash(const digest& x) {
    out_.append(reinterpret_cast<const char*>(x.data()), x.size());
    return *this;
  }

  template <id_kind Kind>
  byte_writer& id(const basic_id<Kind>& x) {
    number(x.number);
    if (x.number != 0)
      append_fixed(out_, x.store, 4);
    return *this;
  }

  std::string done() { return std::move(out_); }

private:
  std::string out_;
};

/// Takes one record apart. Never reads past its end: throws storage_error
/// (corrupt) instead.
class byte_reader {
public:
  /// `what` names the record in errors and must be a literal.
  byte_reader(std::string_view bytes, const char* what)
      : rest_(bytes), what_(what) {}

  /// Reads the format byte, 1 to `record_format`.
  /// @throws storage_error (newer_format)
  std::uint8_t format() {
    auto found = byte();
    if (found > record_format)
      throw storage_error(
          storage_errc::newer_format,
          std::string{what_} + " has record format " + std::to_string(found) +
              ", but this program knows formats up to " +
              std::to_string(record_format) + "; use the newer version");
    if (found == 0)
      fail("has no record format");
    return found;
  }

  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }

  bool flag() { return choice<bool>(1); }

  /// An enum whose values end at `last`.
  template <class Enum>
  Enum choice(std::uint8_t last) {
    auto x = byte();
    if (x > last)
      fail("has a value out of range");
    return static_cast<Enum>(x);
  }

  std::uint64_t fixed64() { return read_fixed(take(8)); }

  std::uint64_t number() {
    std::uint64_t x = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      std::uint64_t part = byte();
      if (shift == 63 && part > 1)
        break;
      x |= (part & 0x7f) << shift;
      if (part < 0x80)
        return x;
    }
    fail("has a number out of range");
  }

  std::uint32_t number32() {
    auto x = number();
    if (x > std::numeric_limits<std::uint32_t>::max())
      fail("has a number out of range");
    return static_cast<std::uint32_t>(x);
  }

  std::int64_t signed_number() {
    auto x = number();
    return static_cast<std::int64_t>(x >> 1 ^ (~(x & 1) + 1));
  }

  std::string_view view() {
    auto size = number();
    if (size > rest_.size())
      fail("ends early");
    return take(static_cast<std::size_t>(size));
  }

  std::string text() { return std::string{view()}; }

  digest hash() {
    digest x;
    auto bytes = take(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<std::uint8_t>(bytes[i]);
    return x;
  }

  template <id_kind Kind>
  basic_id<Kind> id() {
    basic_id<Kind> x;
    x.number = number();
    if (x.number != 0)
      x.store = static_cast<std::uint32_t>(read_fixed(take(4)));
    return x;
  }

  /// Everything must have been read.
  void end() const {
    if (!rest_.empty())
      fail("has bytes after its end");
  }

  [[noreturn]] void fail(const char* how) const {
    throw storage_error(storage_errc::corrupt,
                        std::string{what_} + " is damaged: it " + how);
  }

private:
  std::string_view take(std::size_t size) {
    if (size > rest_.size())
      fail("ends early");
    auto bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  std::string_view rest_;
  const char* what_;
};

} // namespace holdfast::storage_impl
