// A call of MEXC's API as it came over the wire, taken apart, and its
// signature. Written from MEXC's documentation alone, so that it can find
// mistakes of the adapter.
// Must not know sockets or the book.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace fake {

enum class call { order, query, cancel, time, info, test, other };

/// The name a fault rule and the book's counters use.
std::string_view name_of(call what);

/// @throws std::invalid_argument naming the calls there are
call call_of(std::string_view name);

struct api_request {
  call what = call::other;
  std::string api_key; ///< X-MEXC-APIKEY; empty: not sent
  /// Decoded. One that is in the query string and in the body has the value
  /// of the query string.
  std::map<std::string, std::string> parameters;
  std::string repeated;    ///< a name that came twice in one place, if any
  std::string signed_text; ///< query string + body without the signature

  /// Empty when it was not sent.
  std::string get(const std::string& name) const;
};

api_request parse_request(std::string_view method, std::string_view target,
                          std::string_view body, std::string_view api_key);

/// HMAC-SHA256 in lower-case hex.
std::string sign(std::string_view secret, std::string_view text);

} // namespace fake
