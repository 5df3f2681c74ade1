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

/// Writes two texts while it reads one: the canonical and the compact.
class canonicalizer {
public:
  canonicalizer(std::string_view json, std::string& compact)
      : in_(json, {}), compact_(compact) {
    compact_.clear();
    compact_.reserve(json.size());
  }

  std::variant<std::string, problem> run() {
    std::string text;
    auto good = append(in_.next(), text) && in_.next() == token::end;
    if (good && why_.empty())
      return text;
    problem what;
    what.code = errc::invalid;
    // What is no JSON at all is told before what is not exact.
    what.detail = good ? why_ : in_.why();
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
      append_json_string(compact_, in_.text());
      return true;
    case token::number:
      compact_ += in_.raw();
      append_number(in_.raw(), out);
      return true;
    case token::boolean:
    case token::null:
      compact_ += in_.raw();
      out += in_.raw();
      return true;
    default:
      return false;
    }
  }

  bool append_object(std::string& out) {
    std::vector<std::pair<std::string, std::string>> members;
    compact_ += '{';
    auto t = in_.next();
    for (; t == token::name; t = in_.next()) {
      if (!members.empty())
        compact_ += ',';
      append_json_string(compact_, in_.text());
      compact_ += ':';
      auto& [name, value] = members.emplace_back(in_.text(), std::string{});
      if (!append(in_.next(), value))
        return false;
    }
    if (t != token::end_object)
      return false;
    compact_ += '}';
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
    compact_ += '[';
    bool first = true;
    auto t = in_.next();
    for (; t != token::end_array; t = in_.next()) {
      if (!std::exchange(first, false)) {
        out += ',';
        compact_ += ',';
      }
      if (!append(t, out))
        return false;
    }
    out += ']';
    compact_ += ']';
    return true;
  }

  void append_number(std::string_view literal, std::string& out) {
    double value = 0;
    auto end = literal.data() + literal.size();
    auto in_range =
        std::from_chars(literal.data(), end, value).ec == std::errc{};
    auto sent = parse_decimal(literal);
    if (sent.digits.empty()) {
      out += '0'; // -0 and 0.000 are the same value
      return;
    }
    auto text = in_range ? canonical_number(value) : std::nullopt;
    if (!text || parse_decimal(*text) != sent)
      note_inexact(literal, text);
    else if (is_integer_beyond_2_53(literal, value))
      note_inexact(literal, std::nullopt);
    else
      out += *text;
  }

  /// The first such number is the one told of.
  void note_inexact(std::string_view literal,
                    const std::optional<std::string>& nearest) {
    if (!why_.empty())
      return;
    why_ = "not exact: the number " + shortened(literal) +
           (nearest ? " would be read as " + *nearest
                    : " is beyond what JSON readers keep exactly") +
           "; send it as a string";
  }

  json_reader in_;
  std::string& compact_;
  std::string why_; ///< what is not exact; empty: everything is
};

} // namespace

std::variant<std::string, problem> canonicalize(std::string_view json) {
  std::string compact;
  return canonicalize(json, compact);
}

std::variant<std::string, problem> canonicalize(std::string_view json,
                                                std::string& compact) {
  return canonicalizer{json, compact}.run();
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
