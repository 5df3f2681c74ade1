// One pass over every table; each row's references are looked up.
// Must not know CAF or the rules.
#include "storage/verify.hpp"

#include "storage/outcome_hash.hpp"
#include "storage/records.hpp"
#include "storage/store_rules.hpp"
#include "storage/verify_positions.hpp"

#include <algorithm>
#include <type_traits>

namespace holdfast {

using namespace storage_impl;

namespace {

using progress_fn = std::function<void(std::uint64_t, std::uint64_t)>;

std::string quoted(std::string_view resource) {
  return '"' + std::string{resource} + '"';
}

/// The names of rows in sentences.
std::string lock_row(std::uint64_t n) { return "lock " + std::to_string(n); }
std::string entry_row(std::uint64_t n) { return "entry " + std::to_string(n); }
std::string resource_row(std::string_view key) {
  return "resource " + quoted(key);
}

/// A row whose key cannot be read is named by its bytes.
std::string hex(std::string_view bytes) {
  static const char* const digits = "0123456789abcdef";
  std::string text;
  for (auto c : bytes) {
    auto x = static_cast<unsigned char>(c);
    text += digits[x >> 4];
    text += digits[x & 15];
  }
  return text;
}

class checker {
public:
  checker(const store_reader& s, std::size_t max_faults,
          const progress_fn& progress)
      : view_(s.read()), tag_(s.tag()), max_faults_(max_faults),
        progress_(progress) {
    for (std::size_t i = 0; i < table_count; ++i)
      total_ += view_->count(static_cast<table>(i));
  }

  verify_report run() {
    check_meta();
    each(table::resources, &checker::check_resource);
    each(table::locks, &checker::check_held);
    each(table::in_doubt, &checker::check_in_doubt);
    each(table::history, &checker::check_ended);
    each(table::waiters, &checker::check_waiter);
    each(table::entries, &checker::check_entry);
    each(table::outcomes, &checker::check_outcome);
    each(table::dead_letters, &checker::check_dead_letter);
    each(table::journal, &checker::check_event);
    each(table::beside, &checker::check_beside);
    each(table::effects, &checker::check_effect);
    each(table::trades, &checker::check_trade);
    each(table::positions, position_faults);
    each(table::position_index, position_index_faults);
    each(table::outbox, outbox_faults);
    if (progress_)
      progress_(report_.rows, total_);
    return std::move(report_);
  }

private:
  bool enough() const { return report_.faults.size() >= max_faults_; }

  void fault(std::string sentence) {
    if (!enough())
      report_.faults.push_back(std::move(sentence));
  }

  /// A row that cannot be read is a fault; so is one that refers to such a
  /// row, which then says so.
  template <class Check>
  void each(table t, Check check) {
    constexpr std::uint64_t rows_between_calls = 1024;
    view_->scan(t, {}, [&](auto key, auto value) {
      if (enough())
        return false;
      try {
        if constexpr (std::is_member_function_pointer_v<Check>)
          (this->*check)(key, value);
        else
          all_of(check(*view_, key, value));
      } catch (const storage_error& e) {
        fault("the row of table " + std::string{to_string(t)} + " with key " +
              hex(key) + " cannot be checked: " + e.what());
      }
      if (++report_.rows % rows_between_calls == 0 && progress_)
        progress_(report_.rows, total_);
      return true;
    });
  }

  void check_meta() {
    report_.rows += view_->count(table::meta);
    try {
      last_id_ = decode_u64(meta(meta_last_id), meta_last_id);
      if (decode_u32(meta(meta_format), meta_format) != store_format)
        fault("meta row format is not " + std::to_string(store_format));
      if (decode_u32(meta(meta_tag), meta_tag) != tag_)
        fault("meta row store_tag is not the tag of the open store");
    } catch (const storage_error& e) {
      fault(e.what());
    }
  }

  std::string_view meta(std::string_view name) const {
    auto value = view_->get(table::meta, name);
    if (!value)
      throw storage_error(storage_errc::corrupt,
                          "meta row " + std::string{name} + " is missing");
    return *value;
  }

  void check_resource(std::string_view key, std::string_view value) {
    auto row = resource_row(key);
    auto x = decode_resource(value);
    if (x.version == 0)
      fault(row + " has version 0, which stands for no record");
    if (x.holder == 0) {
      if (has_rows(*view_, table::waiters, key))
        fault(row + " has waiters but no holder");
      else if (!has_beside(key) && !has_rows(*view_, table::outbox, key))
        fault(row + " is free but still has a record");
      return;
    }
    auto held = view_->get(table::locks, number_key(x.holder));
    if (!held)
      fault(row + " is held by lock " + std::to_string(x.holder) +
            ", which is not in locks");
    else if (lock_resource(*held) != key)
      fault(row + " is held by lock " + std::to_string(x.holder) +
            ", which is of resource " + quoted(lock_resource(*held)));
  }

  bool has_beside(std::string_view resource) const {
    auto found = false;
    view_->scan(table::beside, {}, [&](auto, auto value) {
      found = lock_resource(value) == resource;
      return !found;
    });
    return found;
  }

  template <class Id>
  void check_id(const std::string& row, std::string_view key, const Id& id) {
    if (id.number != key_number(key))
      fault(row + " carries the number " + std::to_string(id.number));
    check_given(row, id);
  }

  /// Every id was given by this store, and is not above its counter.
  template <class Id>
  void check_given(const std::string& row, const Id& id) {
    if (!id)
      return;
    if (id.store != tag_)
      fault(row + " refers to number " + std::to_string(id.number) +
            " of another store");
    if (id.number > last_id_)
      fault(row + " refers to number " + std::to_string(id.number) +
            ", above the last id " + std::to_string(last_id_));
  }

  void check_held(std::string_view key, std::string_view value) {
    auto row = lock_row(key_number(key));
    auto x = decode_lock(value);
    check_id(row, key, x.id);
    if (!x.holds())
      fault(row + " is in locks although it has ended");
    auto holder = view_->get(table::resources, x.work.resource);
    if (!holder || decode_resource(*holder).holder != x.id.number)
      fault(row + " is in locks but does not hold its " +
            resource_row(x.work.resource));
    auto listed = view_->get(table::in_doubt, key).has_value();
    if (listed != (x.status == lock_status::in_doubt))
      fault(row + (listed ? " is listed in in_doubt but is not in doubt"
                          : " is in doubt but not listed in in_doubt"));
    if (view_->get(table::history, key))
      fault(row + " is both in locks and in history");
    check_origin(row, x);
  }

  /// The queue entry of a lock that holds stays until the lock has ended.
  void check_origin(const std::string& row, const lock_record& x) {
    if (!x.entry)
      return;
    check_given(row, x.entry);
    auto value = view_->get(table::entries, number_key(x.entry.number));
    auto from = row + " came from entry " + std::to_string(x.entry.number);
    if (!value)
      fault(from + ", which is not in entries");
    else if (decode_entry(*value).granted != x.id)
      fault(from + ", which does not name it");
  }

  void check_in_doubt(std::string_view key, std::string_view) {
    auto n = key_number(key);
    if (!view_->get(table::locks, key))
      fault("in_doubt lists lock " + std::to_string(n) +
            ", which is not in locks");
  }

  void check_ended(std::string_view key, std::string_view value) {
    auto row = lock_row(key_number(key));
    auto x = decode_lock(value);
    check_id(row, key, x.id);
    check_given(row, x.entry);
    if (x.holds())
      fault(row + " is in history although it has not ended");
  }

  void check_waiter(std::string_view key, std::string_view value) {
    auto at = parse_waiter_key(key);
    auto row = "waiter " + std::to_string(at.number) + " of " +
               resource_row(at.resource);
    auto lasting = decode_lasting(value);
    if (!view_->get(table::resources, at.resource))
      fault(row + " waits although the resource has no record and no holder");
    auto found = view_->get(table::entries, number_key(at.number));
    if (!found) {
      fault(row + " is not in entries");
      return;
    }
    auto x = decode_entry(*found);
    if (x.status != entry_status::waiting)
      fault(row + " is queued, but its entry does not wait");
    if (x.work.resource != at.resource || x.work.priority != at.priority ||
        x.lasting != lasting)
      fault(row + " differs from its entry in resource, priority or lasting");
  }

  void check_entry(std::string_view key, std::string_view value) {
    auto row = entry_row(key_number(key));
    auto x = decode_entry(value);
    check_id(row, key, x.id);
    check_given(row, x.granted);
    if (x.status == entry_status::waiting) {
      if (!view_->get(table::waiters, waiter_key(x.work.resource,
                                                 x.work.priority, x.id.number)))
        fault(row + " waits but is not in waiters of its " +
              resource_row(x.work.resource));
    } else if (x.status != entry_status::cancelled) {
      check_grant(row, x);
    }
  }

  void check_grant(const std::string& row, const entry_record& x) {
    if (!x.granted) {
      fault(row + " was granted but names no lock");
      return;
    }
    auto lock = view_->get(table::locks, number_key(x.granted.number));
    if (!lock)
      lock = view_->get(table::history, number_key(x.granted.number));
    // An entry may outlive the lock that it was granted, until it is purged.
    if (lock && decode_lock(*lock).entry != x.id)
      fault(row + " was granted lock " + std::to_string(x.granted.number) +
            ", which does not name it");
  }

  void check_outcome(std::string_view key, std::string_view value) {
    auto x = decode_outcome(value);
    auto row = "the outcome of key " + quoted(x.idempotency_key) + " of " +
               resource_row(x.resource);
    if (outcome_key_of(x.resource, x.idempotency_key) != key)
      fault(row + " stands under another key than its content's");
    if (x.status == lock_status::active || x.status == lock_status::in_doubt)
      fault(row + " has a status that is no ending");
    if (!x.lock)
      return;
    check_given(row, x.lock);
    auto names = row + " names lock " + std::to_string(x.lock.number);
    auto ended = view_->get(table::history, number_key(x.lock.number));
    if (!ended) {
      fault(names + ", which is not in history");
      return;
    }
    auto lock = decode_lock(*ended);
    if (lock.work.resource != x.resource ||
        lock.work.idempotency_key != x.idempotency_key ||
        lock.work.fingerprint != x.fingerprint || lock.status != x.status)
      fault(names + ", whose resource, key, fingerprint or status differs");
  }

  void check_dead_letter(std::string_view key, std::string_view value) {
    auto row = "dead letter " + std::to_string(key_number(key));
    auto x = decode_dead_letter(value);
    check_id(row, key, x.id);
    check_given(row, x.lock);
    check_given(row, x.entry);
  }

  void check_event(std::string_view key, std::string_view value) {
    auto seq = key_number(key);
    auto row = "journal row " + std::to_string(seq);
    if (seq == 0)
      fault(row + " has a number that is never given");
    if (previous_seq_ != 0 && seq != previous_seq_ + 1)
      fault(row + " follows row " + std::to_string(previous_seq_) +
            ": rows are missing between them");
    previous_seq_ = seq;
    check_given(row, decode_event(seq, value).lock);
  }

  void check_beside(std::string_view key, std::string_view value) {
    auto row = "emergency " + std::to_string(key_number(key));
    auto x = decode_lock(value);
    check_id(row, key, x.id);
    if (!x.beside || !x.holds())
      fault(row + " is in beside although it has ended, or is none");
    if (!view_->get(table::resources, x.work.resource))
      fault(row + " works although its " + resource_row(x.work.resource) +
            " has no record");
    if (view_->get(table::history, key) || view_->get(table::locks, key))
      fault(row + " is also in locks or in history");
    check_origin(row, x);
  }

  /// What is not settled acts under a lock that has not ended, and the other
  /// way round: nothing ends while its effect may still happen.
  void check_effect(std::string_view key, std::string_view value) {
    auto row = "effect " + std::to_string(key_number(key));
    auto x = decode_effect(value);
    check_id(row, key, x.id);
    check_given(row, x.lock);
    if (channel of{}; channel_of(x.kind, of))
      return all_of(message_faults(*view_, x));
    auto open =
        x.state != effect_state::done && x.state != effect_state::failed;
    auto lock = view_->get(x.beside ? table::beside : table::locks,
                           number_key(x.lock.number));
    if (open && !lock)
      fault(row + " is " + std::string{to_string(x.state)} + ", but lock " +
            std::to_string(x.lock.number) + " does not work any more");
    else if (lock && decode_lock(*lock).effect != x.id)
      fault(row + " is of lock " + std::to_string(x.lock.number) +
            ", which does not name it");
  }

  void check_trade(std::string_view key, std::string_view value) {
    auto row = "trade " + std::to_string(key_number(key));
    auto x = decode_trade(value);
    check_id(row, key, x.id);
    check_given(row, x.lock);
    check_given(row, x.entry);
    check_given(row, x.effect);
    auto is = row + " is " + std::string{to_string(x.status)};
    if (x.status == trade_status::queued) {
      auto entry = view_->get(table::entries, number_key(x.entry.number));
      if (!entry || decode_entry(*entry).status != entry_status::waiting)
        fault(is + ", but its entry does not wait");
    } else if (x.status == trade_status::executing ||
               x.status == trade_status::in_doubt) {
      if (!view_->get(x.emergency ? table::beside : table::locks,
                      number_key(x.lock.number)))
        fault(is + ", but its lock has ended");
    }
  }

  void all_of(std::vector<std::string> faults) {
    for (auto& sentence : faults)
      fault(std::move(sentence));
  }

  const std::unique_ptr<snapshot> view_;
  const std::uint32_t tag_;
  const std::size_t max_faults_;
  const progress_fn& progress_;
  std::uint64_t total_ = 0;
  std::uint64_t last_id_ = 0;
  std::uint64_t previous_seq_ = 0;
  verify_report report_;
};

} // namespace

verify_report
verify(const store_reader& s, std::size_t max_faults,
       const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  return checker{s, max_faults, progress}.run();
}

} // namespace holdfast
