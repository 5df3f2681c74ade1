// Answers the calls of MEXC's API from the book: checks key, signature, time
// and parameters as MEXC documents it.
// Must not know sockets or faults.
#pragma once

#include "tests/fakes/fake_http.hpp"
#include "tests/fakes/mexc_book.hpp"
#include "tests/fakes/mexc_request.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fake {

/// `{code, msg}`, as MEXC refuses.
answer refusal(int status, int code, const std::string& message);

struct credentials {
  std::string api_key;
  std::string secret;
};

class exchange {
public:
  explicit exchange(const credentials& who) : who_(who) {}
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  /// Counts a request as seen, whatever becomes of it.
  void count(const api_request& request);
  /// Counts one that was refused for a limit.
  void count_limited() { ++refused_["limit"]; }

  /// Serves a request. An order that it accepts is seen by queries only
  /// after `hidden_ms`.
  answer serve(const api_request& request, std::int64_t hidden_ms = 0);

  json book_json(); ///< what /fake/book shows
  static json order_json(const order& o);

  server_clock& clock() { return clock_; }
  book& orders() { return book_; }
  symbol_map& symbols() { return symbols_; }

private:
  struct refused; ///< thrown inside `serve`

  void check_access(const api_request& request);
  void check_time(const api_request& request);
  void check_parameters(const api_request& request);
  order checked_order(const api_request& request) const;
  void check_size(const order& o, const symbol_rules& rules) const;
  order* named_order(const api_request& request);
  std::string placed(order o, std::int64_t hidden_ms);
  std::string queried(const api_request& request);
  std::string cancelled(const api_request& request);
  std::string info(const api_request& request) const;
  std::string dispatch(const api_request& request, std::int64_t hidden_ms);

  credentials who_;
  server_clock clock_;
  symbol_map symbols_ = default_symbols();
  book book_{clock_};
  std::map<std::string, std::uint64_t> requests_;
  std::map<std::string, std::uint64_t> refused_;
};

} // namespace fake
