// A recording of calls: JSON lines of {call, body?, afterMs?, as?, after?};
// docs/replay.md. Must not know HTTP connections or time.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace holdfast {

/// One call of a recording.
struct replay_line {
  std::size_t number = 0; ///< in the file, from 1
  std::string method;
  std::string target; ///< may hold placeholders
  /// JSON text exactly as recorded, so that no digit changes; may hold
  /// placeholders. Empty: none.
  std::string body;
  std::optional<std::int64_t> after_ms; ///< since the start of the replay
  std::string as;                       ///< name of the answer; empty: none
  /// Indices of the lines whose answers this one needs: those it refers to
  /// and those it names in `after`.
  std::vector<std::size_t> needs;
};

/// A line that is no call. The message names the file and the line.
struct script_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads a recording. Empty lines are skipped.
/// @throws script_error at the first malformed line.
std::vector<replay_line> parse_script(std::istream& in,
                                      const std::string& name);

/// Answers that were given a name with `as`. Null: answered without JSON.
using named_answers = std::unordered_map<std::string, nlohmann::json>;

/// A placeholder that no answer fills in; the message says which.
struct unresolved : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Fills in the placeholders of a path; the values are percent-encoded.
/// @throws unresolved
std::string fill_in_target(const std::string& target,
                           const named_answers& answers);

/// Fills in the placeholders in the strings of a JSON text. A string that is
/// nothing but one placeholder becomes the value itself.
/// @throws unresolved
std::string fill_in_body(const std::string& body, const named_answers& answers);

} // namespace holdfast
