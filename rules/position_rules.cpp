// Which reports of a position are valid, and in what form they are kept.
// Must not know CAF, HTTP, storage, the clock or randomness.
#include "rules/position_rules.hpp"

#include "messages/utf8.hpp"
#include "rules/ascii.hpp"
#include "rules/decimal.hpp"
#include "rules/refusals.hpp"

#include <algorithm>
#include <utility>

namespace holdfast {

namespace {

constexpr std::size_t id_bytes_max = 100;
constexpr std::size_t symbol_bytes_max = 64;
constexpr std::size_t time_bytes_max = 64;
constexpr std::size_t comment_bytes_max = 500;
constexpr std::size_t resource_bytes_max = 256;
constexpr std::size_t digits_max = 38;

/// What an amount may be.
enum class bound : std::uint8_t { any, not_negative, positive };

constexpr std::string_view words_for(bound x) {
  return x == bound::any            ? "a decimal"
         : x == bound::not_negative ? "a decimal of at least 0"
                                    : "a decimal greater than 0";
}

/// Collects what is wrong; keeps the first.
class review {
public:
  explicit review(position_event& event) : event_(event) {}

  std::optional<problem> run() {
    check_names();
    check_symbol();
    check_amounts();
    text("time", event_.time, 0, time_bytes_max);
    text("comment", event_.comment, 0, comment_bytes_max);
    return std::move(why_);
  }

private:
  bool closes() const { return event_.change == position_change::closed; }

  void refuse_unless(bool good, std::string sentence) {
    if (!good && !why_)
      why_ = refuse(errc::invalid, std::move(sentence));
  }

  void text(std::string_view name, const std::string& value,
            std::size_t bytes_min, std::size_t bytes_max) {
    if (!why_)
      why_ = check_text(name, value, bytes_min, bytes_max);
  }

  void check_names() {
    refuse_unless(event_.change <= position_change::closed,
                  "event must be opened, updated or closed");
    refuse_unless(event_.side <= position_side::sell,
                  "type must be BUY or SELL");
    text("accountId", event_.account_id, 1, id_bytes_max);
    text("positionId", event_.position_id, 1, id_bytes_max);
    auto bytes =
        position_resource(event_.account_id, event_.position_id).size();
    refuse_unless(bytes <= resource_bytes_max,
                  "accountId and positionId make a resource of " +
                      std::to_string(bytes) +
                      " bytes; at most 256 are possible (each % and : counts "
                      "3)");
  }

  void check_symbol() {
    auto& symbol = event_.symbol;
    text("symbol", symbol, closes() ? 0 : 1, symbol_bytes_max);
    refuse_unless(symbol.find(' ') == std::string::npos,
                  "symbol must have no spaces, such as EURUSD, not '" +
                      shortened(symbol) + "'");
    // Small letters behind capitals are a broker's suffix.
    if (std::ranges::none_of(symbol, is_upper))
      symbol = in_capitals(symbol);
  }

  void check_amounts() {
    // A close is known by its ids: what else it says may be missing.
    needed("volume", event_.volume);
    needed("openPrice", event_.open_price);
    price("currentPrice", event_.current_price);
    price("closePrice", event_.close_price);
    price("stopLoss", event_.stop_loss);
    price("takeProfit", event_.take_profit);
    amount("profit", event_.profit, bound::any);
    amount("commission", event_.commission, bound::any);
    amount("swap", event_.swap, bound::any);
  }

  void needed(std::string_view name, std::string& value) {
    if (closes())
      return price(name, value);
    refuse_unless(!value.empty(),
                  std::string{name} + " is needed, " +
                      std::string{words_for(bound::positive)} +
                      "; only a closed position may be reported without");
    amount(name, value, bound::positive);
  }

  /// 0 is how brokers write that there is none.
  void price(std::string_view name, std::string& value) {
    amount(name, value, bound::not_negative);
    if (value == "0")
      value.clear();
  }

  void amount(std::string_view name, std::string& value, bound allowed) {
    if (value.empty())
      return;
    std::optional<std::string> plain;
    if (is_number(value)) {
      auto x = parse_decimal(value);
      if (allowed == bound::any || !x.negative)
        if (allowed != bound::positive || !x.is_zero())
          plain = to_plain_text(x, digits_max);
    }
    refuse_unless(
        plain.has_value(),
        std::string{name} + " must be " + std::string{words_for(allowed)} +
            " of at most " + std::to_string(digits_max) +
            " digits, such as \"0.25\", not '" + shortened(value) + "'");
    if (plain)
      value = *plain;
  }

  position_event& event_;
  std::optional<problem> why_;
};

} // namespace

std::optional<problem> prepare_position(position_event& event) {
  return review{event}.run();
}

} // namespace holdfast
