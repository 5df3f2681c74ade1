// Writes compact JSON into one string, without building a document.
// Must not know what is written, CAF or HTTP.
#include "messages/json_writer.hpp"

#include "messages/json_plain.hpp"
#include "messages/utf8.hpp"

namespace holdfast {

namespace {

constexpr bool needs_escape(unsigned char c) {
  return c < 0x20 || c == '"' || c == '\\';
}

void append_escape(std::string& out, unsigned char c) {
  static constexpr std::string_view letters = "btn-fr"; // from U+0008
  out += '\\';
  if (c == '"' || c == '\\') {
    out += static_cast<char>(c);
  } else if (c >= 0x08 && c <= 0x0D && c != 0x0B) {
    out += letters.substr(c - 0x08, 1);
  } else {
    out += "u00";
    out += "0123456789abcdef"[c >> 4];
    out += "0123456789abcdef"[c & 15];
  }
}

} // namespace

void append_json_string(std::string& out, std::string_view utf8) {
  out += '"';
  std::size_t pos = plain_length(utf8);
  std::size_t kept = 0; // everything before is in `out`
  auto keep = [&] { out += utf8.substr(kept, pos - kept); };
  while (pos < utf8.size()) {
    auto c = static_cast<unsigned char>(utf8[pos]);
    auto length = c < 0x80 ? 1 : utf8_length(utf8.substr(pos));
    if (length != 0 && !needs_escape(c)) {
      pos += length;
      continue;
    }
    keep();
    if (length == 0)
      append_utf8(out, 0xFFFD);
    else
      append_escape(out, c);
    kept = ++pos;
  }
  keep();
  out += '"';
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  comma_ = false;
  return *this;
}

json_writer& json_writer::value(std::string_view utf8) {
  separate();
  append_json_string(out_, utf8);
  comma_ = true;
  return *this;
}

json_writer& json_writer::raw(std::string_view json) {
  separate();
  out_ += json.empty() ? std::string_view{"null"} : json;
  comma_ = true;
  return *this;
}

json_writer& json_writer::open(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

void json_writer::separate() {
  if (comma_)
    out_ += ',';
}

} // namespace holdfast
