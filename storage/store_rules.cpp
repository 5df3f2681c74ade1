// What every store has in common.
// Must not know CAF or LMDB.
#include "storage/store_rules.hpp"

#include "storage/record_bytes.hpp"

#include <random>

namespace holdfast::storage_impl {

namespace {

std::string fixed(std::uint64_t x, std::size_t size) {
  std::string bytes;
  append_fixed(bytes, x, size);
  return bytes;
}

std::uint64_t decode(std::string_view bytes, std::size_t size,
                     std::string_view what) {
  if (bytes.size() != size)
    throw storage_error(storage_errc::corrupt,
                        "meta row " + std::string{what} + " has " +
                            std::to_string(bytes.size()) + " bytes, not " +
                            std::to_string(size));
  return read_fixed(bytes);
}

void check_key(std::string_view key) {
  if (key.empty() || key.size() > key_size_max)
    throw storage_error(storage_errc::io,
                        "a key of " + std::to_string(key.size()) +
                            " bytes cannot be stored; keys have 1 to " +
                            std::to_string(key_size_max));
}

} // namespace

std::string encode_u32(std::uint32_t x) { return fixed(x, 4); }

std::string encode_u64(std::uint64_t x) { return fixed(x, 8); }

std::uint32_t decode_u32(std::string_view bytes, std::string_view what) {
  return static_cast<std::uint32_t>(decode(bytes, 4, what));
}

std::uint64_t decode_u64(std::string_view bytes, std::string_view what) {
  return decode(bytes, 8, what);
}

std::uint64_t version_of(std::optional<std::string_view> resource_value) {
  if (!resource_value)
    return 0;
  if (resource_value->size() < 8)
    throw storage_error(storage_errc::corrupt,
                        "a resource is damaged: its version is cut off");
  return read_fixed(resource_value->substr(0, 8));
}

void check_steps(const std::vector<step>& steps) {
  for (const auto& x : steps) {
    if (!x.resource.empty())
      check_key(x.resource);
    for (const auto& w : x.writes) {
      check_key(w.key);
      if (w.where == table::resources && w.value)
        version_of(*w.value);
    }
  }
}

std::uint32_t random_tag() {
  std::random_device source;
  std::uint32_t tag = 0;
  while (tag == 0)
    tag = source();
  return tag;
}

} // namespace holdfast::storage_impl
