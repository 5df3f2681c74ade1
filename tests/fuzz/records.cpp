// Stored bytes: any of them are read, or refused with a storage_error; what is
// read is written to bytes that read the same.
#include "storage/records.hpp"

#include "storage/store.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

using namespace holdfast;
using fuzz::require;

namespace {

template <class Decode>
void round_trip(Decode decode, std::string_view bytes) {
  auto once = encode(decode(bytes));
  require(encode(decode(once)) == once, "what was read is written to itself");
}

void keys(std::string_view bytes) {
  auto waiter = [&] {
    auto x = parse_waiter_key(bytes);
    require(waiter_key(x.resource, x.priority, x.number) == bytes,
            "a waiter's key is its own");
  };
  auto outbox = [&] {
    auto x = parse_outbox_key(bytes);
    require(outbox_key(x.resource, x.number) == bytes,
            "an outbox key is its own");
  };
  auto number = [&] {
    require(number_key(key_number(bytes)) == bytes, "a number is its own");
  };
  auto tried = [](auto parse) {
    try {
      parse();
    } catch (const storage_error&) {
      return; // refused, as it may be
    }
  };
  tried(waiter);
  tried(outbox);
  tried(number);
  tried([&] { decode_lasting(bytes); });
  tried([&] { decode_channel(bytes); });
}

void parts(std::string_view bytes) {
  for (auto* part : {&lock_resource, &entry_resource, &trade_resource,
                     &effect_resource, &event_resource}) {
    try {
      part(bytes);
    } catch (const storage_error&) {
      continue; // refused, as it may be
    }
  }
}

void read(unsigned table, std::string_view bytes) {
  switch (table) {
  case 0:
    return round_trip(decode_resource, bytes);
  case 1:
    return round_trip(decode_lock, bytes);
  case 2:
    return round_trip(decode_entry, bytes);
  case 3:
    return round_trip(decode_outcome, bytes);
  case 4:
    return round_trip(decode_dead_letter, bytes);
  case 5:
    return round_trip(decode_effect, bytes);
  case 6:
    return round_trip(decode_trade, bytes);
  case 7:
    return round_trip(decode_position, bytes);
  case 8:
    return round_trip(decode_position_ref, bytes);
  case 9:
    return round_trip([](auto x) { return decode_event(1, x); }, bytes);
  case 10:
    return keys(bytes);
  default:
    return parts(bytes);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  fuzz::input in{data, size};
  try {
    read(in.choose(12), in.rest());
  } catch (const storage_error& e) {
    require(*e.what() != '\0', "a refusal says why");
  }
  return 0;
}
