#include "rules/trade_rules.hpp"

#include "messages/json_text.hpp"
#include "rules/ascii.hpp"
#include "rules/decimal.hpp"
#include "rules/refusals.hpp"
#include "rules/sha256.hpp"

#include <algorithm>
#include <array>

namespace holdfast {

namespace {

constexpr std::size_t symbol_bytes_max = 32;
constexpr std::size_t amount_digits_max = 38;

struct type_rule {
  std::string_view name;
  bool priced; ///< has quantity and price; else exactly one of the quantities
};

constexpr std::array type_rules{
    type_rule{"MARKET", false},      type_rule{"LIMIT", true},
    type_rule{"LIMIT_MAKER", true},  type_rule{"IMMEDIATE_OR_CANCEL", true},
    type_rule{"FILL_OR_KILL", true},
};

bool is_symbol(std::string_view text) {
  auto good = [](char c) {
    return is_upper(c) || is_digit(c) || c == '_' || c == '-' || c == '.' ||
           c == '/';
  };
  return !text.empty() && text.size() <= symbol_bytes_max &&
         std::ranges::all_of(text, good);
}

/// Collects what is wrong; keeps the first.
struct verdict {
  std::optional<problem> why;

  void refuse_unless(bool good, std::string sentence) {
    if (!good && !why)
      why = refuse(errc::invalid, std::move(sentence));
  }

  /// The plain text of an amount greater than zero; empty stays empty.
  std::string amount(std::string_view name, const std::string& text) {
    if (text.empty())
      return {};
    std::optional<std::string> plain;
    if (is_number(text)) {
      auto value = parse_decimal(text);
      if (!value.negative && !value.digits.empty())
        plain = to_plain_text(value, amount_digits_max);
    }
    refuse_unless(plain.has_value(),
                  std::string{name} +
                      " must be a decimal number greater than 0 of at most " +
                      std::to_string(amount_digits_max) +
                      " digits, such as "
                      "\"0.001\", not " +
                      text.substr(0, 64));
    return plain.value_or(std::string{});
  }
};

void check_amounts(const order_terms& terms, verdict& found) {
  auto rule = std::ranges::find(type_rules, terms.type, &type_rule::name);
  if (rule == type_rules.end())
    return found.refuse_unless(
        false, "type must be one of MARKET, LIMIT, LIMIT_MAKER, "
               "IMMEDIATE_OR_CANCEL, FILL_OR_KILL, not '" +
                   terms.type.substr(0, 64) + "'");
  if (rule->priced) {
    found.refuse_unless(!terms.quantity.empty(),
                        "quantity is needed for an order of type " +
                            terms.type);
    found.refuse_unless(!terms.price.empty(),
                        "price is needed for an order of type " + terms.type);
    found.refuse_unless(terms.quote_quantity.empty(),
                        "quoteQuantity is for orders of type MARKET alone");
    return;
  }
  found.refuse_unless(terms.quantity.empty() != terms.quote_quantity.empty(),
                      "a MARKET order needs quantity or quoteQuantity, and "
                      "not both");
  found.refuse_unless(terms.price.empty(),
                      "a MARKET order has no price; use LIMIT or "
                      "IMMEDIATE_OR_CANCEL to limit it");
}

void append_member(json_writer& to, std::string_view name,
                   const std::string& text) {
  if (!text.empty())
    to.member(name, text);
}

std::string to_data(const order_terms& terms, const std::string& target) {
  std::string data;
  json_writer to{data};
  to.begin_object()
      .member("symbol", terms.symbol)
      .member("side", terms.side)
      .member("type", terms.type);
  append_member(to, "quantity", terms.quantity);
  append_member(to, "quoteQuantity", terms.quote_quantity);
  append_member(to, "price", terms.price);
  append_member(to, "snipeTargetId", target);
  to.end_object();
  return data;
}

struct placeholder {
  std::string_view name;
  std::string value;
};

/// Replaces every `{name}`; answers the first that is unknown, or an open
/// brace, in `unknown`.
std::string expand(std::string_view text,
                   const std::vector<placeholder>& values,
                   std::string& unknown) {
  std::string out;
  while (!text.empty()) {
    auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos)
      break;
    auto close = text.find('}', open);
    auto name = text.substr(
        open, close == std::string_view::npos ? close : close - open + 1);
    auto found = std::ranges::find_if(values, [&](const placeholder& x) {
      return name == '{' + std::string{x.name} + '}';
    });
    if (found == values.end()) {
      unknown = name;
      return out;
    }
    out += found->value;
    text.remove_prefix(close + 1);
  }
  return out;
}

} // namespace

std::optional<std::string> check_template(std::string_view text) {
  std::string unknown;
  expand(text,
         {{"symbol", ""}, {"side", ""}, {"snipeTargetId", ""}, {"ownerId", ""}},
         unknown);
  if (!unknown.empty())
    return "must not contain " + unknown +
           "; known are {symbol}, {side}, {snipeTargetId} and {ownerId}";
  if (text.find("{symbol}") == std::string_view::npos)
    return "must contain {symbol}, or trades of all symbols would wait for "
           "each other";
  return std::nullopt;
}

std::variant<acquire_lock, problem> prepare_trade(const trade_request& asked,
                                                  const trade_settings& how) {
  verdict found;
  order_terms terms;
  terms.symbol = in_capitals(asked.symbol);
  terms.side = in_capitals(asked.side);
  terms.type = in_capitals(asked.type);
  found.refuse_unless(is_symbol(terms.symbol),
                      "symbol must be 1 to 32 letters, digits or any of "
                      "_ - . /, such as BTCUSDT");
  auto sells = terms.side == "SELL";
  found.refuse_unless(sells || terms.side == "BUY",
                      "side must be BUY or SELL, not '" +
                          asked.side.substr(0, 64) + "'");
  terms.quantity = found.amount("quantity", asked.quantity);
  terms.quote_quantity = found.amount("quoteQuantity", asked.quote_quantity);
  terms.price = found.amount("price", asked.price);
  if (!found.why)
    check_amounts(terms, found);
  found.refuse_unless(!asked.emergency || sells,
                      "emergency is for SELL alone: it is the way out");
  acquire_lock cmd;
  std::string unknown;
  auto target = asked.snipe_target.empty() ? "manual" : asked.snipe_target;
  cmd.resource = expand(how.resource,
                        {{"symbol", terms.symbol},
                         {"side", terms.side},
                         {"snipeTargetId", target},
                         {"ownerId", asked.owner_id}},
                        unknown);
  found.refuse_unless(cmd.resource.size() <= 256,
                      "symbol, side and snipeTargetId make a resource of " +
                          std::to_string(cmd.resource.size()) +
                          " bytes; at most 256 are possible");
  if (found.why)
    return *found.why;
  cmd.owner_id = asked.owner_id;
  cmd.type = transaction_type::trade;
  cmd.data = to_data(terms, asked.snipe_target);
  cmd.idempotency_key = asked.idempotency_key;
  cmd.priority = asked.priority != 0 ? asked.priority : sells ? 1 : 5;
  cmd.timeout_ms = how.timeout_ms;
  cmd.otherwise = asked.otherwise;
  cmd.wait_ms = asked.wait_ms;
  cmd.task = trade_task;
  cmd.emergency = asked.emergency;
  return cmd;
}

std::optional<order_terms> read_terms(std::string_view data) {
  std::vector<json_member> members;
  std::string why;
  if (!split_members(data, {}, members, why))
    return std::nullopt;
  auto text = [&](std::string_view name) {
    auto found = std::ranges::find(members, name, &json_member::name);
    return found == members.end()
               ? std::string{}
               : decode_string(found->value).value_or(std::string{});
  };
  order_terms terms{text("symbol"),   text("side"),          text("type"),
                    text("quantity"), text("quoteQuantity"), text("price")};
  if (terms.symbol.empty() || terms.side.empty() || terms.type.empty())
    return std::nullopt;
  return terms;
}

namespace {

void append_piece(std::string& out, std::string_view piece) {
  out += std::to_string(piece.size());
  out += ':';
  out += piece;
}

std::string to_base32(const digest& bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  unsigned buffer = 0;
  int bits = 0;
  for (auto byte : bytes) {
    buffer = buffer << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5)
      out += alphabet[buffer >> (bits - 5) & 31];
  }
  return out;
}

} // namespace

std::string client_order_id(std::string_view resource, std::string_view key,
                            std::uint64_t trade_number) {
  std::string text;
  append_piece(text, resource);
  append_piece(text, key);
  append_piece(text, std::to_string(trade_number));
  return to_base32(sha256(text)).substr(0, 32);
}

} // namespace holdfast
