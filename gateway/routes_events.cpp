// Listening to what happens, as it happens.
// Must not know Boost or where events come from.
#include "gateway/routes.hpp"

#include <charconv>

namespace holdfast {

namespace {

/// What a browser sends when it connects again: the `id` it heard last.
constexpr std::string_view resume_header = "Last-Event-ID";

http_response too_many_streams(std::size_t limit) {
  problem what;
  what.code = errc::rate_limited;
  what.detail = "The node serves as many event streams as it is configured to: "
                "[limits] event_streams_max is " +
                std::to_string(limit) + ".";
  what.retry_after_ms = 5000;
  return to_response(what);
}

/// Where to begin; the header counts more, since a browser keeps the URL.
std::optional<std::uint64_t> read_place(api_call& call,
                                        std::optional<problem>& refused) {
  auto* header = call.request.find(resume_header);
  if (header == nullptr || header->empty()) {
    if (!call.query.has("after"))
      return std::nullopt;
    return static_cast<std::uint64_t>(
        call.query.integer("after", 0, seq_max, 0));
  }
  std::int64_t place = 0;
  auto end = header->data() + header->size();
  auto [rest, failure] = std::from_chars(header->data(), end, place);
  if (failure != std::errc{} || rest != end || place < 0 || place > seq_max ||
      call.request.count(resume_header) > 1)
    refused = invalid_request("The header Last-Event-ID must be the id of an "
                              "event: an integer from 0 to " +
                              std::to_string(seq_max) + ".");
  return static_cast<std::uint64_t>(place);
}

} // namespace

void stream_events(api_call& call) {
  event_filter filter;
  filter.resource = call.query.text("resourceId");
  filter.owner_id = call.query.text("ownerId");
  static const auto kinds = event_kind_names();
  call.query.choices<event_kind>("kind", kinds, [&](event_kind x) {
    filter.kinds.set(static_cast<std::size_t>(x));
  });
  std::optional<problem> refused;
  auto place = read_place(call, refused);
  if (call.query.refusal())
    refused = call.query.refusal();
  if (refused)
    return call.refuse(*refused);
  auto limit = call.api.options.event_streams_max;
  if (call.api.streams.open.fetch_add(1) >= limit) {
    --call.api.streams.open;
    return call.answer(too_many_streams(limit));
  }
  call.api.hubs[call.request.io_thread]->open(call.answer, std::move(filter),
                                              place);
}

} // namespace holdfast
