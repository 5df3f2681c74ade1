// Reads what is reported of positions.
// Must not know Boost or what becomes of a report.
#include "gateway/position_fields.hpp"

#include "rules/position_rules.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace holdfast {

namespace {

constexpr std::array<std::string_view, 16> position_members{
    "event",    "accountId",  "positionId", "symbol",
    "type",     "volume",     "openPrice",  "currentPrice",
    "stopLoss", "takeProfit", "profit",     "commission",
    "swap",     "closePrice", "time",       "comment"};

using amount_member =
    std::pair<std::string_view, std::string position_event::*>;
constexpr std::array<amount_member, 9> amounts{{
    {"volume", &position_event::volume},
    {"openPrice", &position_event::open_price},
    {"currentPrice", &position_event::current_price},
    {"stopLoss", &position_event::stop_loss},
    {"takeProfit", &position_event::take_profit},
    {"profit", &position_event::profit},
    {"commission", &position_event::commission},
    {"swap", &position_event::swap},
    {"closePrice", &position_event::close_price},
}};

/// The longest text that is read at all; what each may have is for
/// `prepare_position` to say, as is what a report needs.
constexpr std::size_t text_bytes_max = 4096;

/// A text that may be left out, null or empty.
std::string optional_text(body_fields& body, std::string_view name) {
  return body.is_null(name) ? std::string{}
                            : body.verbatim_text(name, text_bytes_max);
}

std::optional<problem> read_members(body_fields& body, position_event& event) {
  if (!body.is_null("event"))
    body.choice("event", "opened, updated, closed", event.change);
  body.choice("type", "BUY, SELL, POSITION_TYPE_BUY, POSITION_TYPE_SELL",
              event.side);
  event.symbol = optional_text(body, "symbol");
  for (auto& [name, member] : amounts)
    event.*member = body.amount(name);
  event.time = optional_text(body, "time");
  event.comment = optional_text(body, "comment");
  if (body.refusal())
    return body.refusal();
  // A position that is closed has its side already.
  if (!body.has("type") && event.change != position_change::closed)
    return invalid_request("type is missing; it is BUY or SELL.");
  return prepare_position(event);
}

/// Takes `digits` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits)
    return std::nullopt;
  int number = 0;
  for (auto c : text.substr(0, digits)) {
    if (c < '0' || c > '9')
      return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos)
    return false;
  text.remove_prefix(1);
  return true;
}

/// Numbers with `between` in front of all but the first.
template <std::size_t N>
std::optional<std::array<int, N>>
take_numbers(std::string_view& text, std::string_view between,
             const std::array<std::size_t, N>& digits) {
  std::array<int, N> out{};
  for (std::size_t i = 0; i < N; ++i) {
    if (i > 0 && !take(text, between))
      return std::nullopt;
    auto number = take_number(text, digits[i]);
    if (!number)
      return std::nullopt;
    out[i] = *number;
  }
  return out;
}

/// `.123…` if there is one, in milliseconds.
std::optional<int> take_fraction(std::string_view& text) {
  if (!take(text, "."))
    return 0;
  int ms = 0;
  std::size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9';
       ++digits) {
    if (digits < 3)
      ms = ms * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  for (auto missing = digits; missing < 3; ++missing)
    ms *= 10;
  return digits > 0 ? std::optional{ms} : std::nullopt;
}

/// `Z` or `+02:00`, in minutes.
std::optional<int> take_offset(std::string_view& text) {
  if (take(text, "Zz"))
    return 0;
  auto behind = !text.empty() && text.front() == '-';
  if (!take(text, "+-"))
    return std::nullopt;
  auto offset = take_numbers<2>(text, ":", {2, 2});
  if (!offset || (*offset)[0] > 23 || (*offset)[1] > 59)
    return std::nullopt;
  auto minutes = (*offset)[0] * 60 + (*offset)[1];
  return behind ? -minutes : minutes;
}

} // namespace

read_report read_position(std::string_view json, json_limits limits,
                          std::string_view account) {
  body_fields body{json, limits, position_members, "The position"};
  read_report out;
  out.event.account_id = account.empty() || body.has("accountId")
                             ? body.required_text("accountId")
                             : std::string{account};
  out.event.position_id = body.required_text("positionId");
  out.why = read_members(body, out.event);
  return out;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  using namespace std::chrono;
  auto date = take_numbers<3>(text, "-", {4, 2, 2});
  if (!date || !take(text, "Tt "))
    return std::nullopt;
  auto clock = take_numbers<3>(text, ":", {2, 2, 2});
  if (!clock)
    return std::nullopt;
  auto ms = take_fraction(text);
  if (!ms)
    return std::nullopt;
  auto offset = take_offset(text);
  if (!offset || !text.empty())
    return std::nullopt;
  year_month_day day{year{(*date)[0]}, month(static_cast<unsigned>((*date)[1])),
                     std::chrono::day(static_cast<unsigned>((*date)[2]))};
  if (!day.ok() || (*clock)[0] > 23 || (*clock)[1] > 59 || (*clock)[2] > 60)
    return std::nullopt;
  auto time = sys_days{day} + hours{(*clock)[0]} +
              minutes{(*clock)[1] - *offset} + seconds{(*clock)[2]} +
              milliseconds{*ms};
  auto out = time.time_since_epoch().count();
  return out >= 0 ? std::optional{std::int64_t{out}} : std::nullopt;
}

} // namespace holdfast
