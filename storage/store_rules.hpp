// What every store has in common: the rows of `table::meta`, the limits of
// keys, and the version check.
// Must not know CAF or LMDB.
#pragma once

#include "storage/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::storage_impl {

/// The format of the directory as a whole. A store with a larger one is
/// refused, one with a smaller is brought up to it when it is opened.
///   1  locks, queues, outcomes, dead letters, journal
///   2  tables beside, effects, trades
///   3  tables positions, position_index, outbox
inline constexpr std::uint32_t store_format = 3;

/// Longest key; LMDB's limit, kept by all stores.
inline constexpr std::size_t key_size_max = 511;

// Keys of `table::meta`.
inline constexpr std::string_view meta_format = "format";   ///< 4 bytes LE
inline constexpr std::string_view meta_tag = "store_tag";   ///< 4 bytes LE
inline constexpr std::string_view meta_last_id = "last_id"; ///< 8 bytes LE
/// Numbers below come from the backup that this store was restored from.
inline constexpr std::string_view meta_restored_below = "restored_below";
inline constexpr std::string_view meta_probe = "probe"; ///< 8 bytes LE

std::string encode_u32(std::uint32_t x);
std::string encode_u64(std::uint64_t x);
/// @throws storage_error (corrupt) when `bytes` has another size.
std::uint32_t decode_u32(std::string_view bytes, std::string_view what);
std::uint64_t decode_u64(std::string_view bytes, std::string_view what);

/// The version that `step::base` is compared with. Empty: no record, 0.
/// @throws storage_error (corrupt) when it is too short to hold one.
std::uint64_t version_of(std::optional<std::string_view> resource_value);

/// @throws storage_error when a key is empty or longer than `key_size_max`, or
/// a resource would be written without its version.
void check_steps(const std::vector<step>& steps);

/// A tag for a new store from the system's random source; never 0.
std::uint32_t random_tag();

} // namespace holdfast::storage_impl
