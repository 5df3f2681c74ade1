// Refusals as HTTP tells them (RFC 9457).
// Must not know CAF, Boost or any route.
#include "gateway/problem.hpp"

#include "messages/json_writer.hpp"

#include <algorithm>
#include <array>

namespace holdfast {

namespace {

using enum errc;
constexpr auto only_http = errc::none;
constexpr auto by_code = http_fault::none;

constexpr std::array kinds{
    problem_kind{invalid, by_code, 400, "invalid", "The request is not valid"},
    problem_kind{only_http, http_fault::unauthorized, 401, "unauthorized",
                 "A token is needed"},
    problem_kind{forbidden, by_code, 403, "forbidden",
                 "The caller may not do this"},
    problem_kind{not_found, by_code, 404, "not-found",
                 "There is no such thing"},
    problem_kind{only_http, http_fault::method_not_allowed, 405,
                 "method-not-allowed", "The method is not allowed here"},
    problem_kind{only_http, http_fault::request_timeout, 408, "request-timeout",
                 "The request was not complete in time"},
    problem_kind{held, by_code, 409, "held",
                 "Another transaction holds the resource"},
    problem_kind{in_progress, by_code, 409, "in-progress",
                 "This transaction is being worked on"},
    problem_kind{in_doubt, by_code, 409, "in-doubt",
                 "The outcome of an effect is unknown"},
    problem_kind{wait_timeout, by_code, 409, "wait-timeout",
                 "The lock was not granted in time"},
    problem_kind{stale_lock, by_code, 409, "stale-lock",
                 "The lock has ended or the token is not its own"},
    problem_kind{not_waiting, by_code, 409, "not-waiting",
                 "The entry has left the queue"},
    problem_kind{cancelled, by_code, 409, "cancelled",
                 "The waiting request was cancelled"},
    problem_kind{only_http, http_fault::too_large, 413, "too-large",
                 "The body is too large"},
    problem_kind{only_http, http_fault::unsupported_media_type, 415,
                 "unsupported-media-type", "The body is not JSON"},
    problem_kind{key_mismatch, by_code, 422, "key-mismatch",
                 "The idempotency key belongs to other data"},
    problem_kind{order_rejected, by_code, 422, "order-rejected",
                 "The exchange has refused the order"},
    problem_kind{queue_full, by_code, 429, "queue-full", "The queue is full"},
    problem_kind{rate_limited, by_code, 429, "rate-limited",
                 "There are too many requests"},
    problem_kind{only_http, http_fault::headers_too_large, 431,
                 "headers-too-large", "The headers are too large"},
    problem_kind{only_http, http_fault::internal, 500, "internal",
                 "The node made a mistake"},
    problem_kind{storage_unavailable, by_code, 503, "storage-unavailable",
                 "Nothing can be made durable now"},
    problem_kind{shutting_down, by_code, 503, "shutting-down",
                 "The node is stopping"},
    problem_kind{exchange_unavailable, by_code, 503, "exchange-unavailable",
                 "No order was sent"},
    problem_kind{outcome_unknown, by_code, 504, "outcome-unknown",
                 "Nobody knows whether the order stands"},
};

const problem_kind& internal_kind() { return kind_of(http_fault::internal); }

/// An answer never tells less than "retry in a second": zero would be an
/// invitation to hammer a node that is short of something.
std::string retry_after_seconds(std::int64_t ms) {
  return std::to_string(ms <= 1000 ? 1 : (ms + 999) / 1000);
}

using more_members = std::vector<std::pair<std::string_view, std::string>>;

std::string to_json(const problem_kind& kind, const problem& what,
                    const more_members& more = {}) {
  std::string out;
  json_writer to{out};
  to.begin_object()
      .member("type", "urn:holdfast:problem:" + std::string{kind.text})
      .member("title", kind.title)
      .member("status", kind.status)
      .member("code", kind.text)
      .member("detail", what.detail.empty() ? kind.title : what.detail);
  if (!what.holder.empty())
    to.member("holder", what.holder);
  if (what.position > 0)
    to.member("position", what.position);
  if (what.retry_after_ms > 0)
    to.member("retryAfterMs", what.retry_after_ms);
  if (!what.lock_id.empty())
    to.member("lockId", what.lock_id);
  for (auto& [name, text] : more)
    if (!text.empty())
      to.member(name, text);
  to.end_object();
  return out;
}

http_response to_response(const problem_kind& kind, const problem& what,
                          const more_members& more = {}) {
  http_response out;
  out.status = kind.status;
  out.content_type = "application/problem+json";
  if (kind.status == 429 || kind.status == 503)
    out.headers.push_back(
        {"Retry-After", retry_after_seconds(what.retry_after_ms)});
  if (kind.status == 401) // RFC 9110, section 15.5.2
    out.headers.push_back({"WWW-Authenticate", "Bearer"});
  out.body = to_json(kind, what, more);
  return out;
}

problem with_detail(std::string_view detail) {
  problem what;
  what.detail = detail;
  return what;
}

} // namespace

std::span<const problem_kind> problem_kinds() { return kinds; }

const problem_kind& kind_of(errc code) {
  auto row = std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) {
    return kind.fault == http_fault::none && kind.code == code;
  });
  return row != kinds.end() ? *row : internal_kind();
}

const problem_kind& kind_of(http_fault fault) {
  auto is = [](http_fault wanted) {
    return [=](const auto& kind) { return kind.fault == wanted; };
  };
  auto wanted = fault == http_fault::none ? http_fault::internal : fault;
  return *std::find_if(kinds.begin(), kinds.end(), is(wanted));
}

std::string problem_json(const problem& what) {
  return to_json(kind_of(what.code), what);
}

std::string problem_json(http_fault fault, std::string_view detail) {
  return to_json(kind_of(fault), with_detail(detail));
}

http_response to_response(const problem& what) {
  return to_response(kind_of(what.code), what);
}

http_response to_response(const problem& what, const more_members& more) {
  return to_response(kind_of(what.code), what, more);
}

http_response to_response(http_fault fault, std::string_view detail) {
  return to_response(kind_of(fault), with_detail(detail));
}

} // namespace holdfast
