// Identities of locks, queue entries, dead letters, trades, effects, signals.
// Must not know CAF or storage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

enum class id_kind : std::uint8_t {
  lock,
  entry,
  dead_letter,
  trade,
  effect,
  signal
};

/// An identity: the store that gave it and a number that this store never gives
/// twice. The text is `lock-5f3a9c1e-42`. Ids are unique by construction; they
/// are names, not secrets.
template <id_kind Kind>
struct basic_id {
  std::uint32_t store = 0;  ///< random tag of the data directory
  std::uint64_t number = 0; ///< rises with every id given; 0 = no id

  explicit operator bool() const { return number != 0; }
  friend bool operator==(const basic_id&, const basic_id&) = default;
};

using lock_id = basic_id<id_kind::lock>;
using entry_id = basic_id<id_kind::entry>;
using dead_letter_id = basic_id<id_kind::dead_letter>;
using trade_id = basic_id<id_kind::trade>;
using effect_id = basic_id<id_kind::effect>;
using signal_id = basic_id<id_kind::signal>;

std::string to_text(id_kind kind, std::uint32_t store, std::uint64_t number);

template <id_kind Kind>
std::string to_string(const basic_id<Kind>& id) {
  return to_text(Kind, id.store, id.number);
}

/// Reads the text form. Empty when it is not exactly what `to_text` writes.
bool parse_id(id_kind kind, std::string_view text, std::uint32_t& store,
              std::uint64_t& number);

template <id_kind Kind>
std::optional<basic_id<Kind>> parse_id(std::string_view text) {
  basic_id<Kind> id;
  if (!parse_id(Kind, text, id.store, id.number))
    return std::nullopt;
  return id;
}

} // namespace holdfast
