// The keys of the tables.
// Must not know CAF or LMDB.
#include "storage/records.hpp"
#include "storage/store.hpp"

namespace holdfast {

namespace {

/// What follows the resource in a waiter's key: zero, priority, number.
constexpr std::size_t waiter_tail = 1 + 1 + 8;

void append_big_endian(std::string& out, std::uint64_t number) {
  char bytes[8];
  for (int i = 0; i < 8; ++i)
    bytes[i] = static_cast<char>(number >> (56 - 8 * i) & 0xff);
  out.append(bytes, sizeof(bytes));
}

} // namespace

std::string number_key(std::uint64_t number) {
  std::string key;
  append_big_endian(key, number);
  return key;
}

std::uint64_t key_number(std::string_view key) {
  if (key.size() != 8)
    throw storage_error(storage_errc::corrupt, "a numbered row has a key of " +
                                                   std::to_string(key.size()) +
                                                   " bytes, not 8");
  std::uint64_t number = 0;
  for (auto c : key)
    number = number << 8 | static_cast<std::uint8_t>(c);
  return number;
}

std::string waiter_key(std::string_view resource, std::uint8_t priority,
                       std::uint64_t number) {
  std::string key;
  key.reserve(resource.size() + waiter_tail);
  key += resource;
  key += '\0';
  key += static_cast<char>(priority);
  append_big_endian(key, number);
  return key;
}

std::string waiter_prefix(std::string_view resource) {
  std::string key{resource};
  key += '\0';
  return key;
}

waiter_ref parse_waiter_key(std::string_view key) {
  auto zero = key.find('\0');
  if (zero == std::string_view::npos || zero == 0 ||
      key.size() - zero != waiter_tail)
    throw storage_error(storage_errc::corrupt, "a waiter has a key that is not "
                                               "resource, zero, priority, "
                                               "number");
  return {std::string{key.substr(0, zero)},
          static_cast<std::uint8_t>(key[zero + 1]),
          key_number(key.substr(zero + 2))};
}

std::string outbox_key(std::string_view resource, std::uint64_t number) {
  std::string key{resource};
  key += '\0';
  append_big_endian(key, number);
  return key;
}

outbox_ref parse_outbox_key(std::string_view key) {
  auto zero = key.find('\0');
  if (zero == std::string_view::npos || zero == 0 || key.size() - zero != 9)
    throw storage_error(storage_errc::corrupt,
                        "a message in the outbox has a key that is not "
                        "resource, zero, number");
  return {std::string{key.substr(0, zero)}, key_number(key.substr(zero + 1))};
}

std::string outcome_key(std::string_view resource, const digest& key_hash) {
  std::string key;
  key.reserve(resource.size() + 1 + key_hash.size());
  key += resource;
  key += '\0';
  key.append(reinterpret_cast<const char*>(key_hash.data()), key_hash.size());
  return key;
}

} // namespace holdfast
