#include "adapters/webhook_protocol.hpp"

#include "adapters/hmac.hpp"
#include "adapters/json_object.hpp"
#include "adapters/message_report.hpp"
#include "adapters/reply_text.hpp"

#include <utility>

namespace holdfast {

namespace {

/// What a receiver says is of use to people alone.
constexpr std::size_t reply_bytes_enough = 64 * 1024;

message_report::kind_type kind_of(const http_reply& reply) {
  auto status = reply.status;
  if (status >= 200 && status < 300)
    return message_report::sent;
  if (status == 429 || (status == 503 && !reply.retry_after.empty()))
    return message_report::unavailable;
  if (status >= 400 && status < 500 && status != 408 && status != 425)
    return message_report::rejected;
  return message_report::unknown;
}

message_report read_reply(const http_reply& reply) {
  if (reply.kind == http_reply::not_sent)
    return report(message_report::unavailable, reply.why);
  if (reply.kind == http_reply::broken)
    return report(message_report::unknown, reply.why);
  auto kind = kind_of(reply);
  if (kind == message_report::sent)
    return report(kind, {});
  auto result = report(kind, "HTTP status " + std::to_string(reply.status));
  if (!reply.body.empty())
    result.message += ": " + reply.body;
  if (kind == message_report::rejected)
    result.code = std::to_string(reply.status);
  if (kind == message_report::unavailable)
    result.retry_after_ms = read_retry_after(reply.retry_after).value_or(0);
  return result;
}

} // namespace

std::variant<http_call, message_report>
webhook_request(const webhook_options& to, const deliver_message& what,
                std::int64_t now_s) {
  if (what.kind != signal_webhook && what.kind != alert_post)
    return report(message_report::rejected, "a message of kind " +
                                                one_line(what.kind) +
                                                " is none of a webhook's");
  json_object intent{what.intent};
  auto body = intent.find("body");
  if (!body || body->kind != json_kind::object)
    return report(message_report::rejected, "the message has no body");
  auto timestamp = std::to_string(now_s);
  http_call call;
  call.method = "POST";
  call.url = to.url;
  call.headers = {"Content-Type: application/json",
                  "Idempotency-Key: " + to_string(what.effect),
                  "Holdfast-Timestamp: " + timestamp};
  if (!to.secret.empty())
    call.headers.push_back(
        "Holdfast-Signature: sha256=" +
        hmac_sha256(to.secret, timestamp + '.' + body->value));
  call.body = body->value;
  call.timeout = to.timeout;
  call.at_most_once = true;
  call.body_bytes_enough = reply_bytes_enough;
  return call;
}

message_report read_webhook_reply(const webhook_options& to,
                                  const http_reply& reply) {
  auto result = read_reply(reply);
  result.message =
      one_line(without_secret(std::move(result.message), to.secret));
  return result;
}

} // namespace holdfast
