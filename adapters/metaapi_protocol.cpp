#include "adapters/metaapi_protocol.hpp"

#include "adapters/json_object.hpp"
#include "adapters/reply_text.hpp"
#include "messages/percent_encoding.hpp"
#include "messages/timestamp.hpp"
#include "rules/position_rules.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

namespace holdfast {

namespace {

constexpr std::size_t amount_digits_max = 38;
/// A sum of such amounts has fewer.
constexpr std::size_t sum_digits_max = 100;
constexpr std::int64_t pause_min_ms = 1000;
constexpr std::int64_t pause_max_ms = 86'400'000;

http_call request(const metaapi_options& at, const std::string& path) {
  http_call call;
  call.url = at.base_url + "/users/current/accounts/" +
             percent_encoded(at.account_id) + path;
  call.headers = {"auth-token: " + at.token, "Accept: application/json"};
  call.timeout = at.timeout;
  return call;
}

/// `2026-11-22T15:36:35.123Z`, the fraction or not, in ms since 1970.
std::optional<std::int64_t> read_time(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view pattern = "0000-00-00T00:00:00";
  if (text.size() <= pattern.size() || text.back() != 'Z')
    return std::nullopt;
  auto fits = [](char c, char like) {
    return like == '0' ? c >= '0' && c <= '9' : c == like;
  };
  if (!std::equal(pattern.begin(), pattern.end(), text.begin(),
                  [&](char like, char c) { return fits(c, like); }))
    return std::nullopt;
  auto part = [&](std::size_t from, std::size_t size) {
    int value = 0;
    for (auto c : text.substr(from, size))
      value = value * 10 + (c - '0');
    return value;
  };
  year_month_day date{year{part(0, 4)},
                      month{static_cast<unsigned>(part(5, 2))},
                      day{static_cast<unsigned>(part(8, 2))}};
  if (!date.ok())
    return std::nullopt;
  auto time = sys_days{date} + hours{part(11, 2)} + minutes{part(14, 2)} +
              seconds{part(17, 2)};
  return duration_cast<milliseconds>(time.time_since_epoch()).count();
}

/// Why a reply has no list, and when to ask again.
struct no_list {
  std::string why;
  std::int64_t retry_after_ms = 0;
};

std::int64_t pause_of(const http_reply& reply, const json_object& body,
                      std::int64_t now_ms) {
  if (auto pause = read_retry_after(reply.retry_after))
    return *pause;
  auto time = read_time(body.inside("metadata").text("recommendedRetryTime"));
  return time ? std::clamp(*time - now_ms, pause_min_ms, pause_max_ms) : 0;
}

std::string sentence(const metaapi_options& at, std::string_view text) {
  return one_line(without_secret(std::string{text}, at.token));
}

/// Nothing when the reply has a body to look at.
std::optional<no_list> check_reply(const metaapi_options& at,
                                   const http_reply& reply,
                                   std::int64_t now_ms) {
  if (reply.kind != http_reply::replied)
    return no_list{sentence(at, "MetaApi does not answer: " + reply.why)};
  if (reply.status == 200)
    return std::nullopt;
  json_object body{reply.body};
  auto why = "MetaApi answers with HTTP status " + std::to_string(reply.status);
  if (auto message = body.text("message"); !message.empty())
    why += ": " + message;
  return no_list{sentence(at, why), pause_of(reply, body, now_ms)};
}

/// Takes one element of a list apart, and remembers the first thing that is
/// wrong.
class element {
public:
  element(std::string_view json, std::size_t number)
      : members_(json), number_(number) {}

  std::string name(std::string_view member, bool needed) {
    return take(member, json_kind::string, needed);
  }

  /// A number as it stands.
  std::string number(std::string_view member, bool needed) {
    return take(member, json_kind::number, needed);
  }

  /// A number that is not absurd; 0 when there is none.
  decimal amount(std::string_view member, bool needed) {
    auto text = number(member, needed);
    if (text.empty())
      return {};
    auto value = parse_decimal(text);
    if (to_plain_text(value, amount_digits_max))
      return value;
    refuse(std::string{member} + " with too many digits");
    return {};
  }

  void refuse(std::string_view what) {
    if (why_.empty())
      why_ = "element " + std::to_string(number_) + " has " + std::string{what};
  }

  /// "element 3 has no openPrice"; empty: all is well.
  const std::string& why() const { return why_; }

private:
  std::string take(std::string_view member, json_kind kind, bool needed) {
    auto x = members_.find(member);
    auto there = x && x->kind != json_kind::null;
    if (there && x->kind == kind) {
      auto text = members_.text(member);
      if (!text.empty() || !needed)
        return text;
    }
    if (there)
      refuse("a " + std::string{member} + " that is no " +
             (kind == json_kind::number ? "number" : "name"));
    else if (needed)
      refuse("no " + std::string{member});
    return {};
  }

  json_object members_;
  std::size_t number_;
  std::string why_;
};

position_event read_position(const metaapi_options& at, element& from) {
  position_event x;
  x.account_id = at.account_id;
  x.position_id = from.name("id", true);
  x.symbol = from.name("symbol", true);
  auto type = from.name("type", true);
  if (from.why().empty() && !from_string(type, x.side))
    from.refuse("a type that is neither POSITION_TYPE_BUY nor "
                "POSITION_TYPE_SELL");
  x.volume = from.number("volume", true);
  x.open_price = from.number("openPrice", true);
  x.current_price = from.number("currentPrice", false);
  x.stop_loss = from.number("stopLoss", false);
  x.take_profit = from.number("takeProfit", false);
  x.profit = from.number("profit", false);
  x.commission = from.number("commission", false);
  x.swap = from.number("swap", false);
  x.time = from.name("time", false);
  // Decoration, which must not hold up the list.
  x.comment = one_line(from.name("comment", false));
  if (!from.why().empty())
    return x;
  if (auto wrong = prepare_position(x))
    from.refuse("something that no position has: " + wrong->detail);
  return x;
}

/// A deal of the one position that is asked about.
metaapi_deal read_deal(element& from) {
  metaapi_deal x;
  auto type = from.name("type", false);
  auto entry = from.name("entryType", false);
  auto trades = type == "DEAL_TYPE_BUY" || type == "DEAL_TYPE_SELL";
  x.id = from.name("id", false);
  x.in = trades && entry == "DEAL_ENTRY_IN";
  x.out =
      trades && (entry == "DEAL_ENTRY_OUT" || entry == "DEAL_ENTRY_OUT_BY" ||
                 entry == "DEAL_ENTRY_INOUT");
  x.volume = from.amount("volume", x.in || x.out);
  x.price = from.amount("price", x.in || x.out);
  x.brought = from.amount("profit", x.out) + from.amount("commission", false) +
              from.amount("swap", false);
  x.time = from.name("time", false);
  return x;
}

} // namespace

http_call metaapi_positions_request(const metaapi_options& at) {
  return request(at, "/positions");
}

http_call metaapi_deals_request(const metaapi_options& at, std::int64_t from_ms,
                                std::int64_t to_ms, std::size_t offset) {
  auto path =
      "/history-deals/time/" + timestamp(from_ms) + '/' + timestamp(to_ms);
  if (offset > 0)
    path += "?offset=" + std::to_string(offset);
  return request(at, path);
}

fetched_positions read_metaapi_positions(const metaapi_options& at,
                                         const http_reply& reply,
                                         std::int64_t now_ms) {
  fetched_positions result;
  if (auto none = check_reply(at, reply, now_ms)) {
    result.why = none->why;
    result.retry_after_ms = none->retry_after_ms;
    return result;
  }
  auto fail = [&](const std::string& why) {
    result.events.clear();
    result.why =
        sentence(at, "MetaApi's list of positions cannot be read: " + why);
    return result;
  };
  std::vector<json_element> list;
  std::string why;
  if (!split_elements(reply.body, {}, list, why))
    return fail("it is " + why);
  for (const auto& x : list) {
    element from{x.value, result.events.size() + 1};
    result.events.push_back(read_position(at, from));
    if (!from.why().empty())
      return fail(from.why());
  }
  result.ok = true;
  return result;
}

metaapi_deals read_metaapi_deals(const metaapi_options& at,
                                 const http_reply& reply,
                                 std::string_view position_id,
                                 std::int64_t now_ms) {
  metaapi_deals result;
  if (auto none = check_reply(at, reply, now_ms)) {
    result.why = none->why;
    result.retry_after_ms = none->retry_after_ms;
    return result;
  }
  auto fail = [&](const std::string& why) {
    result.deals.clear();
    result.why = sentence(at, "MetaApi's list of deals cannot be read: " + why);
    return result;
  };
  std::vector<json_element> list;
  std::string why;
  if (!split_elements(reply.body, {}, list, why))
    return fail("it is " + why);
  for (const auto& x : list) {
    element from{x.value, ++result.listed};
    // Deposits and the like belong to no position.
    if (x.kind != json_kind::object)
      from.refuse("no members");
    else if (from.name("positionId", false) == position_id)
      result.deals.push_back(read_deal(from));
    if (!from.why().empty())
      return fail(from.why());
  }
  result.ok = true;
  return result;
}

fetched_close close_of(const std::vector<metaapi_deal>& deals) {
  decimal came_in;
  decimal went_out;
  decimal brought;
  const metaapi_deal* last = nullptr;
  std::set<std::string> seen;
  for (const auto& x : deals) {
    if (!x.id.empty() && !seen.insert(x.id).second)
      continue;
    brought = brought + x.brought;
    if (x.in)
      came_in = came_in + x.volume;
    if (x.out) {
      went_out = went_out + x.volume;
      // ISO 8601 in UTC: the order of the texts is that of the times.
      if (!last || x.time >= last->time)
        last = &x;
    }
  }
  fetched_close result;
  result.ok = true;
  result.found = last && went_out >= came_in;
  if (!result.found)
    return result;
  result.close_price =
      to_plain_text(last->price, amount_digits_max).value_or(std::string{});
  result.profit =
      to_plain_text(brought, sum_digits_max).value_or(std::string{});
  result.time = last->time;
  return result;
}

} // namespace holdfast
