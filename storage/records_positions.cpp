// The values of the tables of positions and their messages.
// Must not know CAF or LMDB.
#include "storage/record_bytes.hpp"
#include "storage/records.hpp"

#include <array>

namespace holdfast {

using storage_impl::byte_reader;
using storage_impl::byte_writer;
using storage_impl::record_format;

namespace {

constexpr std::uint8_t last_side =
    static_cast<std::uint8_t>(position_side::sell);
constexpr std::uint8_t last_position_status =
    static_cast<std::uint8_t>(position_status::failed);
constexpr std::uint8_t last_message_status =
    static_cast<std::uint8_t>(message_status::failed);
constexpr std::uint8_t last_channel =
    static_cast<std::uint8_t>(channel::alerts);

/// Its texts, in the order in which they are stored.
constexpr std::array texts{
    &position_record::account_id,    &position_record::position_id,
    &position_record::symbol,        &position_record::category,
    &position_record::volume,        &position_record::open_price,
    &position_record::stop_loss,     &position_record::take_profit,
    &position_record::current_price, &position_record::profit,
    &position_record::close_price,   &position_record::result_pips,
    &position_record::comment,
};

} // namespace

std::string encode(const position_record& x) {
  std::size_t size = 96 + x.resource.size() + x.message.chat_id.size();
  for (auto text : texts)
    size += (x.*text).size() + 1;
  byte_writer out{size};
  out.byte(record_format)
      .text(x.resource)
      .id(x.signal)
      .choice(x.side)
      .choice(x.status)
      .choice(x.announced)
      .choice(x.open)
      .choice(x.inferred_close)
      .choice(x.silent);
  for (auto text : texts)
    out.text(x.*text);
  out.choice(x.message.status)
      .text(x.message.chat_id)
      .signed_number(x.message.message_id)
      .number(x.newest_text)
      .signed_number(x.created_at_ms)
      .signed_number(x.updated_at_ms)
      .signed_number(x.closed_at_ms)
      .signed_number(x.touched_at_ms);
  return out.done();
}

position_record decode_position(std::string_view bytes) {
  byte_reader in{bytes, "a position"};
  position_record x;
  in.format();
  x.resource = in.text();
  x.signal = in.id<id_kind::signal>();
  x.side = in.choice<position_side>(last_side);
  x.status = in.choice<position_status>(last_position_status);
  x.announced = in.flag();
  x.open = in.flag();
  x.inferred_close = in.flag();
  x.silent = in.flag();
  for (auto text : texts)
    x.*text = in.text();
  x.message.status = in.choice<message_status>(last_message_status);
  x.message.chat_id = in.text();
  x.message.message_id = in.signed_number();
  x.newest_text = in.number();
  x.created_at_ms = in.signed_number();
  x.updated_at_ms = in.signed_number();
  x.closed_at_ms = in.signed_number();
  x.touched_at_ms = in.signed_number();
  in.end();
  return x;
}

std::string encode(const position_ref& x) {
  byte_writer out{10};
  out.byte(record_format).fixed64(x.number).choice(x.open);
  return out.done();
}

position_ref decode_position_ref(std::string_view bytes) {
  byte_reader in{bytes, "an index row of positions"};
  position_ref x;
  in.format();
  x.number = in.fixed64();
  x.open = in.flag();
  in.end();
  return x;
}

std::string encode(const alert_state& x) {
  byte_writer out{16 + x.text.size()};
  out.byte(record_format).signed_number(x.since_ms).text(x.text);
  return out.done();
}

alert_state decode_alert(alert which, std::string_view bytes) {
  byte_reader in{bytes, "an alert"};
  alert_state x;
  x.which = which;
  in.format();
  x.firing = true;
  x.since_ms = in.signed_number();
  x.text = in.text();
  in.end();
  return x;
}

std::string encode_channel(channel x) {
  return std::string(1, static_cast<char>(x));
}

channel decode_channel(std::string_view bytes) {
  byte_reader in{bytes, "a message in the outbox"};
  auto x = in.choice<channel>(last_channel);
  in.end();
  return x;
}

} // namespace holdfast
