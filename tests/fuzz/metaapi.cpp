// MetaApi's lists: what cannot be read in full is none.
#include "adapters/metaapi_protocol.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <string>

using namespace holdfast;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static constexpr std::array statuses{200, 400, 401, 404, 429, 500, 0};
  fuzz::input in{data, size};
  metaapi_options at;
  at.account_id = "acc-1";
  at.token = "test-token";
  http_reply reply;
  reply.kind = static_cast<http_reply::kind_type>(in.choose(3));
  reply.status = statuses[in.choose(statuses.size())];
  reply.body = std::string{in.rest()};
  reply.retry_after = reply.body.substr(0, 8);
  constexpr std::int64_t now_ms = 1'764'000'000'000;
  auto list = read_metaapi_positions(at, reply, now_ms);
  bool complete = reply.kind == http_reply::replied && reply.status == 200;
  require(complete || !list.ok, "only a whole answer is a list");
  require(list.ok || list.events.empty(), "what is no list has no rows");
  require(list.ok || !list.why.empty(), "and says why");
  auto deals = read_metaapi_deals(at, reply, "46648037", now_ms);
  require(complete || !deals.ok, "only a whole answer has deals");
  require(deals.deals.size() <= deals.listed, "deals are of the list");
  if (deals.ok)
    close_of(deals.deals);
  return 0;
}
