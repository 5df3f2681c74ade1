// A request as it came over the wire, an answer as it will go, and the texts
// in between.
// Must not know calls or sockets.
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fake {

using json = nlohmann::json;

struct http_request {
  std::string method;
  std::string target;                         ///< with the query string
  std::map<std::string, std::string> headers; ///< names in lower case
  std::string body;

  std::string_view path() const;  ///< as it came, without the query string
  std::string_view query() const; ///< without its `?`

  /// Empty when it was not sent. `name` in lower case.
  std::string header(const std::string& name) const;
};

struct answer {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string content_type = "application/json;charset=utf-8";
};

/// What is no UTF-8 in it is replaced.
std::string text_of(const json& value);

/// The bytes of `reply`, whose Content-Length is `missing` more than its body.
std::string as_http(const answer& reply, bool keep_alive,
                    std::size_t missing = 0);

/// A piece of a path, as percent-encoding has it: `+` is a plus.
std::string decoded_path(std::string_view text);

/// A name or value of a query string or form: `+` is a space.
std::string decoded(std::string_view text);

/// The next `name=value` of a query string or form, as it came; taken off
/// `text`.
std::string_view next_piece(std::string_view& text);

/// Name and value of a piece, decoded.
std::pair<std::string, std::string> decoded_pair(std::string_view piece);

} // namespace fake
