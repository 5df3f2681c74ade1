// A store as files that can be kept elsewhere, and back again.
// Must not know CAF or what the records mean, but for the journal row that
// tells of a restore.
#pragma once

#include "storage/store.hpp"

#include <functional>
#include <string>

namespace holdfast {

/// Tokens that the lost node may have granted after its last backup. Restored
/// numbers start beyond them: at a million grants a second this is an hour, at
/// a thousand a second seven weeks. 2^53, where numbers end, is two million
/// restores away.
inline constexpr std::uint64_t restore_gap = std::uint64_t{1} << 32;

struct copy_report {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;    ///< of the new data.mdb
  std::uint64_t last_seq = 0; ///< newest journal row; 0: none
  std::uint64_t last_id = 0;  ///< largest number given; also the largest token
};

/// Called now and then with the rows copied so far and all there are.
using copy_progress = std::function<void(std::uint64_t, std::uint64_t)>;

/// Copies the store in directory `from`, as one commit left it, into `dest`,
/// which must be empty or absent. Never blocks an engine that uses `from`.
/// Durable on return; `dest` has no data.mdb until all of it is there.
/// @throws storage_error
copy_report back_up(const std::string& from, const std::string& dest,
                    const copy_progress& progress = {});

/// Makes the data directory `dest`, empty or absent, from a backup: numbers go
/// on beyond `restore_gap`, the node will start paused, and the journal tells
/// (`paused` by `restore`). The store keeps its tag, so that holders of locks
/// can go on naming them. `at_ms`: wall clock. @throws storage_error
copy_report restore(const std::string& from, const std::string& dest,
                    std::int64_t at_ms, const copy_progress& progress = {});

} // namespace holdfast
