// The values of the tables. A change here needs a new record format and a new
// store format (see docs/data-format.md).
// Must not know CAF or LMDB.
#include "storage/records.hpp"

#include "storage/record_bytes.hpp"

namespace holdfast {

using storage_impl::byte_reader;
using storage_impl::byte_writer;
using storage_impl::record_format;

namespace {

constexpr std::uint8_t last_status =
    static_cast<std::uint8_t>(lock_status::in_doubt);
constexpr std::uint8_t last_owner =
    static_cast<std::uint8_t>(owner_type::workflow);
constexpr std::uint8_t last_type =
    static_cast<std::uint8_t>(transaction_type::signal);
constexpr std::uint8_t last_trade_status =
    static_cast<std::uint8_t>(trade_status::cancelled);
constexpr std::uint8_t last_effect_state =
    static_cast<std::uint8_t>(effect_state::unknown);
constexpr std::uint8_t last_entry_status =
    static_cast<std::uint8_t>(entry_status::finished);

/// Room for the numbers of any record, so that encoding allocates once.
constexpr std::size_t numbers_size = 160;

std::size_t expected_size(const transaction& x) {
  return numbers_size + x.resource.size() + x.owner_id.size() + x.data.size() +
         x.idempotency_key.size() + x.task.size();
}

/// All of a transaction but its resource, which stands at the record's start.
void put_work(byte_writer& out, const transaction& x) {
  out.text(x.owner_id)
      .choice(x.owner)
      .choice(x.type)
      .text(x.data)
      .text(x.idempotency_key)
      .hash(x.fingerprint)
      .text(x.task)
      .byte(x.priority)
      .signed_number(x.timeout_ms)
      .number(x.max_retries);
}

void take_work(byte_reader& in, transaction& x) {
  x.owner_id = in.text();
  x.owner = in.choice<owner_type>(last_owner);
  x.type = in.choice<transaction_type>(last_type);
  x.data = in.text();
  x.idempotency_key = in.text();
  x.fingerprint = in.hash();
  x.task = in.text();
  x.priority = in.byte();
  if (x.priority < 1 || x.priority > 10)
    in.fail("has a priority out of range");
  x.timeout_ms = in.signed_number();
  x.max_retries = in.number32();
}

std::string_view resource_of(std::string_view bytes, const char* what) {
  byte_reader in{bytes, what};
  in.format();
  return in.view();
}

} // namespace

std::string encode(const resource_record& x) {
  byte_writer out{17};
  out.fixed64(x.version).fixed64(x.holder).byte(record_format);
  return out.done();
}

resource_record decode_resource(std::string_view bytes) {
  byte_reader in{bytes, "a resource"};
  resource_record x;
  x.version = in.fixed64();
  x.holder = in.fixed64();
  in.format();
  in.end();
  return x;
}

std::string encode(const lock_record& x) {
  byte_writer out{expected_size(x.work) + x.result.size() + x.error.size() +
                  x.ended_by.size() + x.failure.size()};
  out.byte(record_format).text(x.work.resource).choice(x.status).id(x.id);
  put_work(out, x.work);
  out.number(x.attempts)
      .signed_number(x.acquired_at_ms)
      .signed_number(x.expires_at_ms)
      .signed_number(x.released_at_ms)
      .text(x.result)
      .text(x.error)
      .text(x.ended_by)
      .signed_number(x.deadline_boot_us)
      .fixed64(x.boot_id)
      .signed_number(x.retry_boot_us)
      .id(x.entry)
      .choice(x.claimed)
      .signed_number(x.requested_at_ms)
      .id(x.effect)
      .text(x.failure)
      .choice(x.beside);
  return out.done();
}

lock_record decode_lock(std::string_view bytes) {
  byte_reader in{bytes, "a lock"};
  lock_record x;
  auto format = in.format();
  x.work.resource = in.text();
  x.status = in.choice<lock_status>(last_status);
  x.id = in.id<id_kind::lock>();
  take_work(in, x.work);
  x.attempts = in.number32();
  x.acquired_at_ms = in.signed_number();
  x.expires_at_ms = in.signed_number();
  x.released_at_ms = in.signed_number();
  x.result = in.text();
  x.error = in.text();
  x.ended_by = in.text();
  x.deadline_boot_us = in.signed_number();
  x.boot_id = in.fixed64();
  x.retry_boot_us = in.signed_number();
  x.entry = in.id<id_kind::entry>();
  x.claimed = in.flag();
  if (format == 1) {
    x.requested_at_ms = x.acquired_at_ms;
  } else {
    x.requested_at_ms = in.signed_number();
    x.effect = in.id<id_kind::effect>();
    x.failure = in.text();
    x.beside = in.flag();
  }
  in.end();
  return x;
}

std::string encode(const entry_record& x) {
  byte_writer out{expected_size(x.work)};
  out.byte(record_format)
      .text(x.work.resource)
      .choice(x.status)
      .choice(x.lasting)
      .id(x.id);
  put_work(out, x.work);
  out.signed_number(x.queued_at_ms)
      .signed_number(x.settled_at_ms)
      .id(x.granted);
  return out.done();
}

entry_record decode_entry(std::string_view bytes) {
  byte_reader in{bytes, "a queue entry"};
  entry_record x;
  in.format();
  x.work.resource = in.text();
  x.status = in.choice<entry_status>(last_entry_status);
  x.lasting = in.flag();
  x.id = in.id<id_kind::entry>();
  take_work(in, x.work);
  x.queued_at_ms = in.signed_number();
  x.settled_at_ms = in.signed_number();
  x.granted = in.id<id_kind::lock>();
  in.end();
  return x;
}

std::string encode(const outcome_record& x) {
  byte_writer out{numbers_size + x.resource.size() + x.idempotency_key.size()};
  out.byte(record_format)
      .text(x.resource)
      .text(x.idempotency_key)
      .hash(x.fingerprint)
      .choice(x.status)
      .id(x.lock)
      .signed_number(x.ended_at_ms);
  return out.done();
}

outcome_record decode_outcome(std::string_view bytes) {
  byte_reader in{bytes, "an outcome"};
  outcome_record x;
  in.format();
  x.resource = in.text();
  x.idempotency_key = in.text();
  x.fingerprint = in.hash();
  x.status = in.choice<lock_status>(last_status);
  x.lock = in.id<id_kind::lock>();
  x.ended_at_ms = in.signed_number();
  in.end();
  return x;
}

std::string encode(const dead_letter& x) {
  byte_writer out{expected_size(x.work) + x.kind.size() + x.reason.size()};
  out.byte(record_format).text(x.work.resource).id(x.id).text(x.kind);
  put_work(out, x.work);
  out.id(x.lock)
      .id(x.entry)
      .text(x.reason)
      .number(x.attempts)
      .signed_number(x.at_ms)
      .id(x.effect);
  return out.done();
}

dead_letter decode_dead_letter(std::string_view bytes) {
  byte_reader in{bytes, "a dead letter"};
  dead_letter x;
  auto format = in.format();
  x.work.resource = in.text();
  x.id = in.id<id_kind::dead_letter>();
  x.kind = in.text();
  take_work(in, x.work);
  x.lock = in.id<id_kind::lock>();
  x.entry = in.id<id_kind::entry>();
  x.reason = in.text();
  x.attempts = in.number32();
  x.at_ms = in.signed_number();
  if (format >= 3)
    x.effect = in.id<id_kind::effect>();
  in.end();
  return x;
}

std::string encode(const journal_event& x) {
  byte_writer out{numbers_size + x.resource.size() + x.owner_id.size() +
                  x.actor.size() + x.detail.size()};
  out.byte(record_format)
      .text(x.resource)
      .choice(x.kind)
      .signed_number(x.at_ms)
      .id(x.lock)
      .text(x.owner_id)
      .text(x.actor)
      .text(x.detail);
  return out.done();
}

journal_event decode_event(std::uint64_t seq, std::string_view bytes) {
  byte_reader in{bytes, "a journal row"};
  journal_event x;
  x.seq = seq;
  in.format();
  x.resource = in.text();
  // Kinds of later versions pass: a journal is read, not acted upon.
  x.kind = in.choice<event_kind>(0xff);
  if (static_cast<std::uint8_t>(x.kind) == 0)
    in.fail("has no kind");
  x.at_ms = in.signed_number();
  x.lock = in.id<id_kind::lock>();
  x.owner_id = in.text();
  x.actor = in.text();
  x.detail = in.text();
  in.end();
  return x;
}

std::string encode(const effect_record& x) {
  byte_writer out{numbers_size + x.kind.size() + x.resource.size() +
                  x.owner_id.size() + x.intent.size() + x.outcome.size()};
  out.byte(record_format)
      .text(x.resource)
      .id(x.id)
      .text(x.kind)
      .text(x.owner_id)
      .id(x.lock)
      .choice(x.beside)
      .choice(x.state)
      .number(x.attempts)
      .text(x.intent)
      .text(x.outcome)
      .signed_number(x.created_at_ms)
      .signed_number(x.updated_at_ms);
  return out.done();
}

effect_record decode_effect(std::string_view bytes) {
  byte_reader in{bytes, "an effect"};
  effect_record x;
  in.format();
  x.resource = in.text();
  x.id = in.id<id_kind::effect>();
  x.kind = in.text();
  x.owner_id = in.text();
  x.lock = in.id<id_kind::lock>();
  x.beside = in.flag();
  x.state = in.choice<effect_state>(last_effect_state);
  x.attempts = in.number32();
  x.intent = in.text();
  x.outcome = in.text();
  x.created_at_ms = in.signed_number();
  x.updated_at_ms = in.signed_number();
  in.end();
  return x;
}

std::string encode(const trade_record& x) {
  byte_writer out{expected_size(x.work) + x.order.size() + x.error.size() +
                  x.failure.size()};
  out.byte(record_format).text(x.work.resource).id(x.id).choice(x.status);
  put_work(out, x.work);
  out.choice(x.emergency)
      .id(x.lock)
      .id(x.entry)
      .id(x.effect)
      .text(x.order)
      .text(x.error)
      .text(x.failure)
      .signed_number(x.created_at_ms)
      .signed_number(x.updated_at_ms);
  return out.done();
}

trade_record decode_trade(std::string_view bytes) {
  byte_reader in{bytes, "a trade"};
  trade_record x;
  in.format();
  x.work.resource = in.text();
  x.id = in.id<id_kind::trade>();
  x.status = in.choice<trade_status>(last_trade_status);
  take_work(in, x.work);
  x.emergency = in.flag();
  x.lock = in.id<id_kind::lock>();
  x.entry = in.id<id_kind::entry>();
  x.effect = in.id<id_kind::effect>();
  x.order = in.text();
  x.error = in.text();
  x.failure = in.text();
  x.created_at_ms = in.signed_number();
  x.updated_at_ms = in.signed_number();
  in.end();
  return x;
}

std::string encode_lasting(bool lasting) {
  return std::string(1, lasting ? '\1' : '\0');
}

bool decode_lasting(std::string_view bytes) {
  byte_reader in{bytes, "a waiter"};
  auto lasting = in.flag();
  in.end();
  return lasting;
}

std::string_view lock_resource(std::string_view bytes) {
  return resource_of(bytes, "a lock");
}

std::string_view entry_resource(std::string_view bytes) {
  return resource_of(bytes, "a queue entry");
}

std::string_view trade_resource(std::string_view bytes) {
  return resource_of(bytes, "a trade");
}

std::string_view effect_resource(std::string_view bytes) {
  return resource_of(bytes, "an effect");
}

event_kind event_kind_of(std::string_view bytes) {
  byte_reader in{bytes, "a journal row"};
  in.format();
  in.view();
  return in.choice<event_kind>(0xff);
}

std::string_view event_resource(std::string_view bytes) {
  return resource_of(bytes, "a journal row");
}

} // namespace holdfast
