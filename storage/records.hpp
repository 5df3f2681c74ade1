// The bytes of every record and key; docs/data-format.md in code.
// Must not know CAF or LMDB.
#pragma once

#include "messages/alert.hpp"
#include "messages/effect.hpp"
#include "messages/journal.hpp"
#include "messages/position.hpp"
#include "messages/trade.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

/// Value of `table::resources`. The version stands first (see store::step).
struct resource_record {
  std::uint64_t version = 0;
  std::uint64_t holder = 0; ///< number of the lock in `table::locks`; 0: none
};

/// Value of `table::position_index`.
struct position_ref {
  std::uint64_t number = 0; ///< in `table::positions`
  bool open = false;
};

// Keys. Numbers are eight bytes, big endian, so that they sort.
std::string number_key(std::uint64_t number);
/// @throws storage_error (corrupt) unless it is eight bytes.
std::uint64_t key_number(std::string_view key);
/// resource, a zero byte, priority (one byte), number.
std::string waiter_key(std::string_view resource, std::uint8_t priority,
                       std::uint64_t number);
/// All waiters of one resource start with this.
std::string waiter_prefix(std::string_view resource);
struct waiter_ref {
  std::string resource;
  std::uint8_t priority = 0;
  std::uint64_t number = 0;
};
waiter_ref parse_waiter_key(std::string_view key);
/// resource, a zero byte, SHA-256 of the idempotency key.
std::string outcome_key(std::string_view resource, const digest& key_hash);

/// resource, a zero byte, number.
std::string outbox_key(std::string_view resource, std::uint64_t number);
struct outbox_ref {
  std::string resource;
  std::uint64_t number = 0;
};
outbox_ref parse_outbox_key(std::string_view key);

// Values. Each starts with a format byte; decoding throws storage_error:
// newer_format for a version this program does not know, corrupt for bytes
// that are no such record.
std::string encode(const resource_record& x);
std::string encode(const lock_record& x);
std::string encode(const entry_record& x);
std::string encode(const outcome_record& x);
std::string encode(const dead_letter& x);
std::string encode(const journal_event& x); ///< without `seq`
std::string encode(const effect_record& x);
std::string encode(const trade_record& x);
std::string encode(const position_record& x);
std::string encode(const position_ref& x);
std::string encode(const alert_state& x); ///< in `table::meta`

resource_record decode_resource(std::string_view bytes);
lock_record decode_lock(std::string_view bytes);
entry_record decode_entry(std::string_view bytes);
outcome_record decode_outcome(std::string_view bytes);
dead_letter decode_dead_letter(std::string_view bytes);
effect_record decode_effect(std::string_view bytes);
trade_record decode_trade(std::string_view bytes);
position_record decode_position(std::string_view bytes);
position_ref decode_position_ref(std::string_view bytes);
/// Of one that fires; `which` is in the key.
alert_state decode_alert(alert which, std::string_view bytes);
journal_event decode_event(std::uint64_t seq, std::string_view bytes);

/// Value of `table::waiters`: one byte, no format.
std::string encode_lasting(bool lasting);
bool decode_lasting(std::string_view bytes);

/// Value of `table::outbox`: one byte, no format.
std::string encode_channel(channel x);
channel decode_channel(std::string_view bytes);

/// The resource of an encoded lock without decoding the rest.
std::string_view lock_resource(std::string_view bytes);
/// The resource of an encoded entry without decoding the rest.
std::string_view entry_resource(std::string_view bytes);
/// The resource of an encoded trade without decoding the rest.
std::string_view trade_resource(std::string_view bytes);
/// The resource of an encoded effect without decoding the rest.
std::string_view effect_resource(std::string_view bytes);
/// The kind of an encoded event without decoding the rest.
event_kind event_kind_of(std::string_view bytes);
/// The resource of an encoded event without decoding the rest.
std::string_view event_resource(std::string_view bytes);

} // namespace holdfast
