// Writes compact JSON into one string, without building a document.
// Must not know what is written, CAF or HTTP.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

namespace holdfast {

/// Appends `utf8` as a JSON string with its quotes and the fewest escapes
/// (RFC 8785, section 3.2.2.2). Bytes that are not UTF-8 become U+FFFD, so
/// that what is written always is JSON.
void append_json_string(std::string& out, std::string_view utf8);

/// Appends values with the commas between them. The caller keeps objects and
/// arrays balanced and names every member. There are no floating point
/// numbers: money travels as strings.
class json_writer {
public:
  /// Appends to `out`, which must outlive the writer.
  explicit json_writer(std::string& out) : out_(out) {}

  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  /// The name of the value that comes next.
  json_writer& key(std::string_view name);

  json_writer& value(std::string_view utf8);
  template <std::integral T>
  json_writer& value(T x) {
    if constexpr (std::is_same_v<T, bool>)
      return raw(x ? "true" : "false");
    else
      return raw(std::to_string(x));
  }
  json_writer& null() { return raw("null"); }

  /// A value that is JSON already; empty text becomes null.
  json_writer& raw(std::string_view json);

  /// A member whose value is a text, an integer or a bool.
  template <class T>
  json_writer& member(std::string_view name, const T& x) {
    return key(name).value(x);
  }

  /// A member whose value is JSON already; empty text becomes null.
  json_writer& raw_member(std::string_view name, std::string_view json) {
    return key(name).raw(json);
  }

private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  void separate();

  std::string& out_;
  bool comma_ = false; ///< a value stands before what comes next
};

} // namespace holdfast
