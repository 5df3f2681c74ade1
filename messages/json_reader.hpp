// Reads JSON text token by token and checks every rule of RFC 8259 on the way.
// Must not know what the text is about, CAF or HTTP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// What a text may ask of the reader.
struct json_limits {
  std::size_t depth_max = 64; ///< objects and arrays inside each other
};

/// A pull parser for one JSON text. Stricter than RFC 8259 asks: one name may
/// not stand twice in one object (RFC 7493, section 2.3), half surrogate pairs
/// and byte order marks are refused. Numbers are never converted: `raw` gives
/// their digits as they were sent. The text must outlive the reader.
class json_reader {
public:
  enum class token : std::uint8_t {
    begin_object,
    end_object,
    begin_array,
    end_array,
    name,    ///< of a member; `text` has it, its value comes next
    string,  ///< `text` has it
    number,  ///< `raw` has it
    boolean, ///< `raw` has it
    null,
    end,    ///< the whole text was one valid JSON value
    refused ///< `why` has the reason; `next` will only repeat it
  };

  json_reader(std::string_view json, json_limits limits);

  json_reader(const json_reader&) = delete;
  json_reader& operator=(const json_reader&) = delete;

  token next();

  /// A name or string, decoded to UTF-8; valid until the next call of `next`.
  std::string_view text() const { return text_; }

  /// The last token, unless it was a name, as it stands in the JSON text.
  std::string_view raw() const { return json_.substr(from_, pos_ - from_); }

  /// Why the text was refused, e.g. "not valid JSON: expected ',' or '}' but
  /// found ']' at byte 17"; meant to follow "the body is". Bytes count from 1.
  const std::string& why() const { return why_; }

private:
  enum class state : std::uint8_t {
    value,          ///< a value must come
    value_or_close, ///< right behind '['
    name_or_close,  ///< right behind '{'
    more_or_close,  ///< behind a value
    over,
  };

  struct level {
    bool object = false;
    std::size_t first_name = 0; ///< in `names_`
  };

  struct seen_name {
    std::string_view text;
    std::size_t at = 0;
  };

  bool at_end() const { return pos_ == json_.size(); }
  char peek() const { return at_end() ? '\0' : json_[pos_]; }
  void skip_space();
  token read_value();
  token read_name();
  token read_more_or_close();
  token read_number();
  token read_literal(std::string_view word, token kind);
  token open(bool object);
  token close();
  bool read_string();
  bool read_escaped_rest();
  bool read_escape();
  bool read_hex4(std::uint32_t& unit);
  bool check_character();
  bool skip_digits();
  bool names_are_unique(std::size_t first);

  token refuse(std::string why);
  token expected(std::string_view what);

  std::string_view json_;
  json_limits limits_;
  std::size_t pos_ = 0;
  std::size_t from_ = 0; ///< start of the last token
  state state_ = state::value;
  std::vector<level> levels_;
  std::vector<seen_name> names_;                   ///< of all open objects
  std::forward_list<std::string> unescaped_names_; ///< owns those with escapes
  std::string_view text_;
  std::string decoded_; ///< behind `text_` when there were escapes
  std::string why_;
};

} // namespace holdfast
