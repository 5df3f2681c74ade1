// The JSON of everything the API answers: the shapes of version 1.
// Must not know HTTP, CAF or Boost.
#pragma once

#include "messages/json_writer.hpp"
#include "messages/queries.hpp"
#include "messages/timestamp.hpp"

#include <cstdint>
#include <string>

namespace holdfast {

/// A count of thousandths as a JSON number: 1500 is `1.5`.
std::string from_milli(std::uint64_t milli);

/// Each appends one JSON value.
void append_json(json_writer& to, const lock_record& x);
void append_json(json_writer& to, const entry_view& x);
void append_json(json_writer& to, const acquire_answer& x);
void append_json(json_writer& to, const force_released& x);
void append_json(json_writer& to, const resource_view& x);
void append_json(json_writer& to, const dead_letter& x);
void append_json(json_writer& to, const journal_event& x);
void append_json(json_writer& to, const trade_record& x);
void append_json(json_writer& to, const effect_record& x);
void append_json(json_writer& to, const stats& x);
void append_json(json_writer& to, const health& x);

/// `{items: [...], nextCursor?}`.
void append_json(json_writer& to, const lock_page& x);
void append_json(json_writer& to, const entry_page& x);
void append_json(json_writer& to, const dead_letter_page& x);
void append_json(json_writer& to, const trade_page& x);
void append_json(json_writer& to, const effect_page& x);
void append_json(json_writer& to, const journal_page& x);

template <class T>
std::string to_json(const T& x) {
  std::string out;
  out.reserve(768); // a lock without data has about 500 bytes
  json_writer to{out};
  append_json(to, x);
  return out;
}

} // namespace holdfast
