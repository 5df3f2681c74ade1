// Random histories of one position, held against a naive model of what the
// table in position_rules.hpp says. Shares no code with the rules.
#include "rules/position_rules.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

using namespace holdfast;

namespace {

/// One step, in numbers that shrink well.
struct op {
  std::uint8_t what = 0;
  std::uint8_t terms = 0;
  std::uint8_t money = 0;
  std::uint8_t how = 0;
};

/// A report in whole numbers; no number: not given.
struct plain_report {
  std::string said; ///< "", opened, updated, closed
  bool sells = false;
  int stop = 0; ///< 0: none
  int target = 0;
  int volume = 0;
  int entry = 0;
  std::optional<int> price;
  std::optional<int> profit;
  std::optional<int> exit;
  bool silent = false;
  bool inferred = false;
  std::int64_t taken_at = 0;
};

struct plain_position {
  bool fit = false; ///< there is one, and its signal was made
  bool born = false;
  bool announced = false;
  bool open = false;
  bool inferred = false;
  bool silent = false;
  bool sells = false;
  int stop = 0;
  int target = 0;
  int volume = 0;
  int entry = 0;
  std::optional<int> price;
  std::optional<int> profit;
  std::optional<int> exit;
  std::optional<int> pips;
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t closed = 0;
  std::int64_t touched = 0;
};

std::string text_of(const std::optional<int>& x) {
  return x ? std::to_string(*x) : "";
}

std::string word(const std::string& name, int from, int to) {
  auto text = [](int x) { return x == 0 ? "none" : std::to_string(x); };
  return name + ' ' + text(from) + " → " + text(to) + ';';
}

class naive_position {
public:
  /// Answers outcome and changes.
  std::string take(const plain_report& r, std::int64_t now) {
    auto closing = r.said == "closed";
    auto stale = r.taken_at != 0 && x.touched > r.taken_at;
    if (!x.fit)
      return create(r, now);
    if (stale)
      return "unchanged:";
    if (!x.open && !x.inferred)
      return "unchanged:";
    if (!x.open && closing)
      return close_again(r, now);
    if (!x.open && !x.announced)
      return create(r, now);
    if (closing)
      return close(r, now);
    std::string words = x.open ? "" : "open again;";
    if (r.stop != x.stop)
      words += word("stop loss", x.stop, r.stop);
    if (r.target != x.target)
      words += word("take profit", x.target, r.target);
    if (r.volume != x.volume)
      words += word("volume", x.volume, r.volume);
    if (r.entry != x.entry)
      words += word("open price", x.entry, r.entry);
    hear(r, now);
    if (words.empty())
      return r.said == "updated" ? "unchanged:" : "duplicate:";
    x.stop = r.stop;
    x.target = r.target;
    x.volume = r.volume;
    x.entry = r.entry;
    reopen();
    x.updated = now;
    return "updated:" + words;
  }

  plain_position x;

private:
  void hear(const plain_report& r, std::int64_t now) {
    if (r.price)
      x.price = r.price;
    if (r.profit)
      x.profit = r.profit;
    auto at = r.taken_at == 0 || r.taken_at > now ? now : r.taken_at;
    x.touched = std::max(x.touched, at);
  }

  void reopen() {
    x.open = true;
    x.inferred = false;
    x.closed = 0;
    x.exit = {};
    x.pips = {};
  }

  std::string create(const plain_report& r, std::int64_t now) {
    auto closing = r.said == "closed";
    if (!x.born || !closing)
      x.sells = r.sells;
    if (!x.born)
      x.created = now;
    x.born = true;
    x.fit = true;
    x.announced = !closing;
    x.silent = x.silent || r.silent;
    x.stop = r.stop;
    x.target = r.target;
    x.volume = r.volume == 0 ? x.volume : r.volume;
    x.entry = r.entry == 0 ? x.entry : r.entry;
    hear(r, now);
    reopen();
    x.updated = now;
    if (!closing)
      return "created:";
    x.open = false;
    x.closed = now;
    x.inferred = r.inferred;
    x.exit = r.exit ? r.exit : r.price;
    return "closed:";
  }

  void settle(const plain_report& r, std::int64_t now) {
    hear(r, now);
    auto exit = r.exit ? r.exit : r.price;
    if (exit)
      x.exit = exit;
    if (x.exit && x.announced)
      x.pips = x.sells ? x.entry - *x.exit : *x.exit - x.entry;
    x.inferred = r.inferred;
    x.updated = now;
  }

  std::string close(const plain_report& r, std::int64_t now) {
    settle(r, now);
    x.open = false;
    x.closed = now;
    return "closed:";
  }

  std::string close_again(const plain_report& r, std::int64_t now) {
    auto exit = r.exit ? r.exit : r.price;
    std::string words;
    if (exit && exit != x.exit)
      words += word("close price", x.exit.value_or(0), *exit);
    if (r.profit && r.profit != x.profit)
      words += "profit " + (x.profit ? text_of(x.profit) : "none") + " → " +
               text_of(r.profit) + ';';
    if (words.empty()) {
      hear(r, now);
      x.inferred = r.inferred;
      return "unchanged:";
    }
    settle(r, now);
    return "closed:" + words;
  }
};

/// Does everything to the rules and to the model.
class both {
public:
  void act(const op& o) {
    now_ += 1 + o.how % 3;
    if (o.what % 16 == 0)
      return spoil(o.how % 2 == 0 ? position_status::failed
                                  : position_status::processing);
    auto plain = choose(o);
    auto event = spell(plain, o);
    if (auto why = prepare_position(event))
      return complain("refused: " + why->detail);
    auto after = decide_position(heard_ ? &known_ : nullptr, event, how_, now_);
    auto mine = std::string{to_string(after.outcome)} + ':';
    for (const auto& one : after.changes)
      mine += one + ';';
    known_ = after.position;
    heard_ = true;
    auto theirs = naive_.take(plain, now_);
    if (mine != theirs)
      complain("the rules say '" + mine + "', the model '" + theirs + "'");
    else if (seen() != expected())
      complain("after " + mine + "\nthe rules see  " + seen() +
               "\nthe model sees " + expected());
    check_sanity(after);
  }

  std::string complaint;

private:
  void complain(std::string text) {
    if (complaint.empty())
      complaint = std::move(text);
  }

  /// The owner says that no signal came of it, or that one is being made.
  void spoil(position_status status) {
    known_.status = status;
    naive_.x.fit = false;
  }

  plain_report choose(const op& o) const {
    constexpr std::array<const char*, 4> names{"", "opened", "updated",
                                               "closed"};
    plain_report r;
    r.said = names[o.what / 16 % 4];
    auto closing = r.said == "closed";
    r.sells = o.how / 16 % 4 == 0;
    r.stop = o.terms % 2;
    r.target = o.terms / 2 % 2;
    if (!closing || o.how % 2 == 0) {
      r.volume = 1 + o.terms / 4 % 2;
      r.entry = 10 + o.terms / 8 % 2;
    }
    if (o.money % 3 != 0)
      r.price = 7 + o.money % 3;
    if (o.money / 4 % 3 != 0)
      r.profit = o.money / 4 % 3 - 2;
    if (closing && o.money / 16 % 2 == 0)
      r.exit = 12 + o.money / 32 % 2;
    r.silent = o.how / 64 % 4 == 3;
    r.inferred = closing && o.how / 4 % 2 == 0;
    if (o.how / 8 % 2 == 0)
      r.taken_at = now_ - 6 + o.how / 16 % 8;
    return r;
  }

  /// The same in one of many spellings.
  static position_event spell(const plain_report& r, const op& o) {
    auto number = [style = o.terms / 16](std::optional<int> x) {
      constexpr std::array<const char*, 4> tails{"", ".0", "e0", ".000"};
      return x ? std::to_string(*x) + tails[std::size_t(style) % 4] : "";
    };
    position_event x;
    x.account_id = "acc";
    x.position_id = "7";
    if (!r.said.empty())
      REQUIRE(from_string(r.said, x.change));
    x.symbol = r.volume == 0 ? "" : "BTCUSD";
    x.side = r.sells ? position_side::sell : position_side::buy;
    auto some = [&](int n) { return n == 0 ? "" : number(n); };
    // 0 is one more way to say that there is none.
    x.stop_loss = r.stop == 0 && o.terms >= 128 ? "0" : some(r.stop);
    x.take_profit = some(r.target);
    x.volume = some(r.volume);
    x.open_price = some(r.entry);
    x.current_price = number(r.price);
    x.profit = number(r.profit);
    x.close_price = number(r.exit);
    x.silent = r.silent;
    x.inferred = r.inferred;
    x.taken_at_ms = r.taken_at;
    return x;
  }

  std::string seen() const {
    const auto& x = known_;
    auto flag = [](bool on) { return on ? "1" : "0"; };
    return std::string{to_string(x.side)} + " " + flag(x.announced) +
           flag(x.open) + flag(x.inferred_close) + flag(x.silent) +
           " sl=" + x.stop_loss + " tp=" + x.take_profit + " v=" + x.volume +
           " entry=" + x.open_price + " price=" + x.current_price +
           " profit=" + x.profit + " exit=" + x.close_price +
           " pips=" + x.result_pips + " " + std::to_string(x.created_at_ms) +
           " " + std::to_string(x.updated_at_ms) + " " +
           std::to_string(x.closed_at_ms) + " " +
           std::to_string(x.touched_at_ms);
  }

  std::string expected() const {
    const auto& x = naive_.x;
    auto flag = [](bool on) { return on ? "1" : "0"; };
    auto some = [](int n) { return n == 0 ? "" : std::to_string(n); };
    return std::string{x.sells ? "SELL " : "BUY "} + flag(x.announced) +
           flag(x.open) + flag(x.inferred) + flag(x.silent) +
           " sl=" + some(x.stop) + " tp=" + some(x.target) +
           " v=" + some(x.volume) + " entry=" + some(x.entry) +
           " price=" + text_of(x.price) + " profit=" + text_of(x.profit) +
           " exit=" + text_of(x.exit) + " pips=" + text_of(x.pips) + " " +
           std::to_string(x.created) + " " + std::to_string(x.updated) + " " +
           std::to_string(x.closed) + " " + std::to_string(x.touched);
  }

  /// What holds of every position, whatever came before.
  void check_sanity(const position_decision& after) {
    const auto& x = after.position;
    auto quiet = after.outcome == position_outcome::duplicate ||
                 after.outcome == position_outcome::unchanged;
    if (x.status != position_status::completed)
      complain("a decided position is not completed");
    if (x.open != (x.closed_at_ms == 0))
      complain("an open position has an end, or a closed one none");
    if (x.open && !(x.close_price.empty() && x.result_pips.empty()))
      complain("an open position has a result");
    if (quiet && (x.updated_at_ms == now_ || !after.changes.empty()))
      complain("something changed, and nobody is told");
    if (!quiet && x.updated_at_ms != now_)
      complain("a change has no time");
  }

  signal_settings how_;
  position_record known_;
  bool heard_ = false;
  naive_position naive_;
  std::int64_t now_ = 1000;
};

} // namespace

TEST_CASE("decisions agree with a naive model on every history of a "
          "position") {
  auto ops = rc::gen::container<std::vector<op>>(
      rc::gen::build<op>(rc::gen::set(&op::what), rc::gen::set(&op::terms),
                         rc::gen::set(&op::money), rc::gen::set(&op::how)));
  CHECK(rc::check([&] {
    for (const auto& history :
         *rc::gen::container<std::vector<std::vector<op>>>(20, ops)) {
      both world;
      for (const auto& o : history) {
        world.act(o);
        if (!world.complaint.empty())
          RC_FAIL(world.complaint);
      }
    }
  }));
}
