// Canonical JSON after RFC 8785, so that equal transactions hash alike.
// Must not know transactions or hashes.
#include "rules/canonical_json.hpp"

#include "messages/json_reader.hpp"
#include "messages/json_writer.hpp"
#include "messages/utf8.hpp"
#include "rules/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>
#include <vector>

namespace holdfast {

namespace {

using token = json_reader::token;

/// Orders UTF-8 bytes as the UTF-16 code units they stand for: characters
/// beyond U+FFFF start with a surrogate there, thus before U+E000 to U+FFFF.
constexpr unsigned utf16_rank(unsigned char byte) {
  if (byte >= 0xF0)
    return byte - 2U; // U+10000 and above: before ...
  if (byte >= 0xEE)
    return byte + 5U; // ... U+E000 to U+FFFF
  return byte;
}

bool utf16_less(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return utf16_rank(static_cast<unsigned char>(x)) <
               utf16_rank(static_cast<unsigned char>(y));
      });
}

/// The layout of ECMAScript's Number::toString for the digits of `x`.
std::string layout(const decimal& x) {
  std::string text = x.negative ? "-" : "";
  auto count = static_cast<std::int64_t>(x.digits.size());
  auto point = count + x.exponent; // digits before the decimal point
  if (count <= point && point <= 21) {
    text += x.digits;
    text.append(static_cast<std::size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    auto whole = static_cast<std::size_t>(point);
    text += x.digits.substr(0, whole) + "." + x.digits.substr(whole);
  } else if (-6 < point && point <= 0) {
    text += "0." + std::string(static_cast<std::size_t>(-point), '0');
    text += x.digits;
  } else {
    text += x.digits.substr(0, 1);
    if (count > 1)
      text += "." + x.digits.substr(1);
    text += point > 0 ? "e+" : "e";
    text += std::to_string(point - 1);
  }
  return text;
}

bool is_integer_beyond_2_53(std::string_view literal, double value) {
  return literal.find_first_of(".eE") == std::string_view::npos &&
         std::abs(value) > 9007199254740992.0;
}

class canonicalizer {
public:
  explicit canonicalizer(std::string_view json) : in_(json, {}) {}

  std::variant<std::string, problem> run() {
    std::string text;
    if (append(in_.next(), text) && in_.next() == token::end)
      return text;
    problem what;
    what.code = errc::invalid;
    what.detail = why_.empty() ? in_.why() : why_;
    return what;
  }

private:
  /// Recurses as deep as the reader's limit allows.
  bool append(token first, std::string& out) {
    switch (first) {
    case token::begin_object:
      return append_object(out);
    case token::begin_array:
      return append_array(out);
    case token::string:
      append_json_string(out, in_.text());
      return true;
    case token::number:
      return append_number(in_.raw(), out);
    case token::boolean:
    case token::null:
      out += in_.raw();
      return true;
    default:
      return false;
    }
  }

  bool append_object(std::string& out) {
    std::vector<std::pair<std::string, std::string>> members;
    auto t = in_.next();
    for (; t == token::name; t = in_.next()) {
      auto& [name, value] = members.emplace_back(in_.text(), std::string{});
      if (!append(in_.next(), value))
        return false;
    }
    if (t != token::end_object)
      return false;
    std::sort(members.begin(), members.end(),
              [](auto& a, auto& b) { return utf16_less(a.first, b.first); });
    json_writer writer{out};
    writer.begin_object();
    for (auto& [name, value] : members)
      writer.raw_member(name, value);
    writer.end_object();
    return true;
  }

  bool append_array(std::string& out) {
    out += '[';
    bool first = true;
    auto t = in_.next();
    for (; t != token::end_array; t = in_.next()) {
      if (!std::exchange(first, false))
        out += ',';
      if (!append(t, out))
        return false;
    }
    out += ']';
    return true;
  }

  bool append_number(std::string_view literal, std::string& out) {
    double value = 0;
    auto end = literal.data() + literal.size();
    auto in_range =
        std::from_chars(literal.data(), end, value).ec == std::errc{};
    auto sent = parse_decimal(literal);
    if (sent.digits.empty()) {
      out += '0'; // -0 and 0.000 are the same value
      return true;
    }
    auto text = in_range ? canonical_number(value) : std::nullopt;
    if (!text || parse_decimal(*text) != sent)
      return refuse_number(literal, text);
    if (is_integer_beyond_2_53(literal, value))
      return refuse_number(literal, std::nullopt);
    out += *text;
    return true;
  }

  bool refuse_number(std::string_view literal,
                     const std::optional<std::string>& nearest) {
    why_ = "not exact: the number " + shortened(literal) +
           (nearest ? " would be read as " + *nearest
                    : " is beyond what JSON readers keep exactly") +
           "; send it as a string";
    return false;
  }

  json_reader in_;
  std::string why_;
};

} // namespace

std::variant<std::string, problem> canonicalize(std::string_view json) {
  return canonicalizer{json}.run();
}

std::optional<std::string> canonical_number(double x) {
  if (!std::isfinite(x))
    return std::nullopt;
  // Shortest digits that read back as `x`; 24 characters at most.
  char buffer[32];
  auto [end, failure] = std::to_chars(std::begin(buffer), std::end(buffer), x,
                                      std::chars_format::scientific);
  auto value = parse_decimal({buffer, static_cast<std::size_t>(end - buffer)});
  if (value.digits.empty())
    return "0";
  return layout(value);
}

} // namespace holdfast
