// How MEXC Spot v3 is spoken to: requests, signatures, what an answer means.
// Must not know CAF, clocks or sockets.
#pragma once

#include "actors/exchange.hpp"
#include "adapters/http_caller.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

/// Who trades. Never part of a message, a log or an error.
struct mexc_keys {
  std::string api_key;
  std::string secret;
};

/// Where to trade, for whom, and how patiently.
struct mexc_access {
  std::string base_url = "https://api.mexc.com"; ///< without '/' at the end
  mexc_keys keys;
  /// An order is refused when it arrives later than this after its timestamp.
  std::int64_t recv_window_ms = 5000;
  std::chrono::milliseconds timeout{3000};
};

// Requests. `timestamp` is the server's time in ms; a signed request is good
// for one sending. There is no timeInForce here: MEXC knows none, immediate
// and fill-or-kill orders are types of their own.

/// Not signed.
http_call mexc_time_request(const mexc_access& at);
/// exchangeInfo of one symbol; not signed.
http_call mexc_symbol_request(const mexc_access& at, std::string_view symbol);
http_call mexc_order_request(const mexc_access& at, const place_order& order,
                             std::int64_t timestamp);

/// The name that an order is asked about by.
enum class mexc_name : std::uint8_t { client_order_id, order_id };

http_call mexc_query_request(const mexc_access& at, std::string_view symbol,
                             mexc_name by, std::string_view id,
                             std::int64_t timestamp);
http_call mexc_cancel_request(const mexc_access& at, std::string_view symbol,
                              std::string_view client_order_id,
                              std::int64_t timestamp);

/// What an answer says of the request.
struct mexc_answer {
  enum kind_type : std::uint8_t {
    done,       ///< `body` has what was asked for
    refused,    ///< for good, and nothing was done; code and message
    not_there,  ///< there is no such order
    wrong_time, ///< refused for its timestamp
    bad_access, ///< refused for key, signature or address: ours to mend
    slow_down,  ///< refused for the number of requests; `retry_after_ms`
    not_sent,   ///< it never left
    unclear,    ///< it may have been done
  };
  kind_type kind = unclear;
  std::string code;    ///< the exchange's, where it gave one
  std::string message; ///< unless done; one line
  std::int64_t retry_after_ms = 0;
  std::string body; ///< with `done`
};

mexc_answer judge_mexc_reply(http_reply reply);

} // namespace holdfast
