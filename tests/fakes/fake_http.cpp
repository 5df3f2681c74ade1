// Percent-encoding, and status lines from Beast's table.
// Must not know calls or sockets.
#include "tests/fakes/fake_http.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>

namespace fake {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

std::string decoded_with(std::string_view text, char plus) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    auto low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (text[i] == '%' && high >= 0 && low >= 0) {
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      result += text[i] == '+' ? plus : text[i];
    }
  }
  return result;
}

} // namespace

std::string_view http_request::path() const {
  return std::string_view{target}.substr(0, target.find('?'));
}

std::string_view http_request::query() const {
  auto rest = std::string_view{target};
  rest.remove_prefix(std::min(rest.size(), path().size() + 1));
  return rest;
}

std::string http_request::header(const std::string& name) const {
  auto found = headers.find(name);
  return found == headers.end() ? std::string{} : found->second;
}

std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string as_http(const answer& reply, bool keep_alive, std::size_t missing) {
  namespace http = boost::beast::http;
  auto reason = http::obsolete_reason(
      http::int_to_status(static_cast<unsigned>(reply.status)));
  auto text =
      "HTTP/1.1 " + std::to_string(reply.status) + " " +
      std::string{reason.data(), reason.size()} +
      "\r\nContent-Type: " + reply.content_type +
      "\r\nContent-Length: " + std::to_string(reply.body.size() + missing) +
      "\r\n";
  for (const auto& [name, value] : reply.headers)
    text += name + ": " + value + "\r\n";
  if (!keep_alive)
    text += "Connection: close\r\n";
  return text + "\r\n" + reply.body;
}

std::string decoded_path(std::string_view text) {
  return decoded_with(text, '+');
}

std::string decoded(std::string_view text) { return decoded_with(text, ' '); }

std::string_view next_piece(std::string_view& text) {
  auto piece = text.substr(0, text.find('&'));
  text.remove_prefix(std::min(text.size(), piece.size() + 1));
  return piece;
}

std::pair<std::string, std::string> decoded_pair(std::string_view piece) {
  auto equals = std::min(piece.find('='), piece.size());
  return {decoded(piece.substr(0, equals)),
          decoded(piece.substr(std::min(equals + 1, piece.size())))};
}

} // namespace fake
