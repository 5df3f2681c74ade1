// How MetaApi is spoken to: requests, and what its lists say. Amounts are
// taken digit by digit.
// Must not know actors, clocks or sockets.
#pragma once

#include "adapters/metaapi_source.hpp"
#include "rules/decimal.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

http_call metaapi_positions_request(const metaapi_options& at);

/// The deals of the account from `from_ms` to before `to_ms`, wall clock,
/// without the first `offset` of them.
http_call metaapi_deals_request(const metaapi_options& at, std::int64_t from_ms,
                                std::int64_t to_ms, std::size_t offset);

/// The list of open positions. Only a JSON array all of whose elements are
/// positions is one: whatever else comes means that nothing is known.
fetched_positions read_metaapi_positions(const metaapi_options& at,
                                         const http_reply& reply,
                                         std::int64_t now_ms);

/// MetaApi answers with at most that many deals; there may be more when so many
/// came.
inline constexpr std::size_t metaapi_deals_max = 1000;

/// What a deal did to its position.
struct metaapi_deal {
  std::string id;
  bool in = false;  ///< it made the position larger
  bool out = false; ///< it made it smaller, or turned it
  decimal volume;
  decimal price;
  decimal brought; ///< profit, commission and swap
  std::string time;
};

struct metaapi_deals {
  bool ok = false;
  std::vector<metaapi_deal> deals; ///< of the one position
  std::size_t listed = 0;          ///< of all positions
  std::string why;
  std::int64_t retry_after_ms = 0;
};

/// The deals of one position from the account's.
metaapi_deals read_metaapi_deals(const metaapi_options& at,
                                 const http_reply& reply,
                                 std::string_view position_id,
                                 std::int64_t now_ms);

/// Whether these deals, all that are known of a position, closed it: when as
/// much went out as came in, or when it came in before the first of them. A
/// closing deal's side is the opposite of its position's, and not looked at.
/// A deal that is listed twice counts once.
fetched_close close_of(const std::vector<metaapi_deal>& deals);

} // namespace holdfast
