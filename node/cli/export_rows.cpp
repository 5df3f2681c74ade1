#include "node/cli/export_rows.hpp"

#include "gateway/shapes.hpp"
#include "messages/utf8.hpp"
#include "storage/records.hpp"

#include <algorithm>
#include <ostream>

namespace holdfast {

namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (unsigned char c : bytes)
    (text += "0123456789abcdef"[c >> 4]) += "0123456789abcdef"[c & 15];
  return text;
}

std::string bytes_json(std::string_view bytes) {
  return R"({"bytes":")" + hex(bytes) + "\"}";
}

std::string resource_json(std::string_view value) {
  auto x = decode_resource(value);
  return R"({"version":)" + std::to_string(x.version) + R"(,"holder":)" +
         std::to_string(x.holder) + '}';
}

/// The API's shape, and what only the store knows.
std::string lock_json(std::string_view value) {
  auto x = decode_lock(value);
  auto text = to_json(x);
  text.pop_back();
  json_writer to{text};
  text += R"(,"store":{"task":)";
  append_json_string(text, x.work.task);
  text += R"(,"deadlineBootUs":)" + std::to_string(x.deadline_boot_us) +
          R"(,"bootId":")" + std::to_string(x.boot_id) + R"(","claimed":)" +
          (x.claimed ? "true" : "false") + R"(,"entry":)" +
          std::to_string(x.entry.number) + "}}";
  return text;
}

std::string entry_json(std::string_view value) {
  entry_view view;
  view.record = decode_entry(value);
  auto text = to_json(view);
  text.pop_back();
  return text + R"(,"store":{"lasting":)" +
         (view.record.lasting ? "true" : "false") + R"(,"granted":)" +
         std::to_string(view.record.granted.number) + R"(,"settledAtMs":)" +
         std::to_string(view.record.settled_at_ms) + "}}";
}

std::string outcome_json(std::string_view value) {
  auto x = decode_outcome(value);
  std::string text;
  json_writer to{text};
  to.begin_object()
      .member("resourceId", x.resource)
      .member("idempotencyKey", x.idempotency_key)
      .member("status", to_string(x.status))
      .member("lockId", x.lock ? to_string(x.lock) : std::string{})
      .member("endedAt", timestamp(x.ended_at_ms))
      .end_object();
  return text;
}

std::string value_json(table t, std::string_view key, std::string_view value) {
  switch (t) {
  case table::resources:
    return resource_json(value);
  case table::locks:
  case table::history:
  case table::beside:
    return lock_json(value);
  case table::effects:
    return to_json(decode_effect(value));
  case table::trades:
    return to_json(decode_trade(value));
  case table::entries:
    return entry_json(value);
  case table::outcomes:
    return outcome_json(value);
  case table::waiters:
    return R"({"lasting":)" +
           std::string{decode_lasting(value) ? "true" : "false"} + '}';
  case table::dead_letters:
    return to_json(decode_dead_letter(value));
  case table::journal:
    return to_json(decode_event(key_number(key), value));
  default: // meta, in_doubt, and tables that are newer than this function
    return bytes_json(value);
  }
}

/// Text as text, numbers as numbers, anything else as bytes.
std::string key_json(table t, std::string_view key) {
  auto is_text = t == table::meta || t == table::resources;
  if (is_text && find_invalid_utf8(key) == std::string_view::npos) {
    std::string text;
    append_json_string(text, key);
    return text;
  }
  if (!is_text && t != table::waiters && t != table::outcomes &&
      key.size() == 8)
    return std::to_string(key_number(key));
  return bytes_json(key);
}

} // namespace

void export_rows(
    const snapshot& from, std::ostream& out,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  constexpr std::uint64_t rows_between_calls = 1024;
  std::uint64_t total = 0;
  std::uint64_t done = 0;
  for (std::size_t i = 0; i < table_count; ++i)
    total += from.count(static_cast<table>(i));
  for (std::size_t i = 0; i < table_count; ++i) {
    auto t = static_cast<table>(i);
    from.scan(t, {}, [&](std::string_view key, std::string_view value) {
      std::string row;
      try {
        row = value_json(t, key, value);
      } catch (const storage_error&) {
        row = bytes_json(value); // `verify` tells what is wrong with it
      }
      out << R"({"table":")" << to_string(t) << R"(","key":)"
          << key_json(t, key) << R"(,"value":)" << row << "}\n";
      if (++done % rows_between_calls == 0 && progress)
        progress(done, total);
      return static_cast<bool>(out);
    });
  }
}

} // namespace holdfast
