#include "adapters/mexc_protocol.hpp"

#include "adapters/hmac.hpp"
#include "adapters/reply_text.hpp"
#include "messages/json_text.hpp"
#include "messages/percent_encoding.hpp"

#include <algorithm>
#include <array>

namespace holdfast {

namespace {

/// When a refusal for too many requests does not say how long: within 10 s
/// the window of MEXC's limits has passed. A ban (418) lasts longer.
constexpr std::int64_t pause_ms = 10'000;
constexpr std::int64_t ban_ms = 120'000;

/// The parameters of a request, in the order they are added.
class parameters {
public:
  parameters& add(std::string_view name, std::string_view value) {
    if (value.empty())
      return *this;
    if (!text_.empty())
      text_ += '&';
    ((text_ += name) += '=') += percent_encoded(value);
    return *this;
  }

  parameters& add(std::string_view name, std::int64_t value) {
    return add(name, std::to_string(value));
  }

  const std::string& text() const { return text_; }

private:
  std::string text_;
};

http_call unsigned_call(const mexc_access& at, std::string_view target) {
  http_call call;
  call.url = at.base_url;
  call.url += target;
  call.timeout = at.timeout;
  return call;
}

/// All parameters stand in the query, so that what is signed (query and body)
/// is the query alone.
http_call signed_call(const mexc_access& at, std::string method,
                      std::string_view path, parameters what,
                      std::int64_t timestamp) {
  what.add("recvWindow", at.recv_window_ms).add("timestamp", timestamp);
  auto signature = hmac_sha256(at.keys.secret, what.text());
  what.add("signature", signature);
  auto call = unsigned_call(at, path);
  call.method = std::move(method);
  call.url += '?' + what.text();
  call.headers = {"X-MEXC-APIKEY: " + at.keys.api_key,
                  "Content-Type: application/json"};
  return call;
}

constexpr std::string_view order_path = "/api/v3/order";

/// What a code of the exchange's means; all others refuse an order for good.
struct code_rule {
  std::string_view code;
  mexc_answer::kind_type kind;
  std::string_view meaning; ///< in place of the exchange's message
};

constexpr std::array code_rules{
    code_rule{"-2011", mexc_answer::not_there, {}},
    code_rule{"-2013", mexc_answer::not_there, {}},
    code_rule{"700003", mexc_answer::wrong_time,
              "the exchange refuses the request's timestamp"},
    code_rule{"700001", mexc_answer::bad_access,
              "the exchange refuses the API key: its format is wrong"},
    code_rule{"700002", mexc_answer::bad_access,
              "the exchange refuses the signature: the secret key does not "
              "belong to the API key"},
    code_rule{"602", mexc_answer::bad_access,
              "the exchange refuses the signature: the secret key does not "
              "belong to the API key"},
    code_rule{"700006", mexc_answer::bad_access,
              "the exchange refuses this machine's address: it is not among "
              "those that the API key is bound to"},
    code_rule{"10072", mexc_answer::bad_access,
              "the exchange does not know the API key"},
};

/// {"code": number or text, "msg": text}; no code when it is something else.
void read_refusal(std::string_view body, mexc_answer& into) {
  std::vector<json_member> members;
  std::string why;
  if (!split_members(body, {}, members, why))
    return;
  for (const auto& x : members) {
    if (x.name == "code")
      into.code = x.kind == json_kind::number
                      ? x.value
                      : decode_string(x.value).value_or(std::string{});
    if (x.name == "msg")
      into.message = one_line(decode_string(x.value).value_or(std::string{}));
  }
  into.code = one_line(into.code);
}

bool says_duplicate(std::string_view message) {
  std::string text{message};
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text.find("duplicate") != std::string::npos;
}

void judge_refusal(const http_reply& reply, mexc_answer& into) {
  read_refusal(reply.body, into);
  if (into.code.empty()) {
    // Who answered this is not sure to be the exchange.
    into.message = "HTTP status " + std::to_string(reply.status) +
                   " without the exchange's code";
    return;
  }
  if (says_duplicate(into.message))
    return; // no refusal: the order is there
  into.kind = mexc_answer::refused;
  auto rule = std::ranges::find(code_rules, into.code, &code_rule::code);
  if (rule != code_rules.end()) {
    into.kind = rule->kind;
    if (!rule->meaning.empty())
      into.message = std::string{rule->meaning} + " (" + into.code + ')';
  }
  if (into.message.empty())
    into.message = "refused with code " + into.code;
}

} // namespace

http_call mexc_time_request(const mexc_access& at) {
  return unsigned_call(at, "/api/v3/time");
}

http_call mexc_symbol_request(const mexc_access& at, std::string_view symbol) {
  return unsigned_call(at, "/api/v3/exchangeInfo?symbol=" +
                               percent_encoded(symbol));
}

http_call mexc_order_request(const mexc_access& at, const place_order& order,
                             std::int64_t timestamp) {
  parameters what;
  what.add("symbol", order.symbol)
      .add("side", order.side)
      .add("type", order.type)
      .add("quantity", order.quantity)
      .add("quoteOrderQty", order.quote_quantity)
      .add("price", order.price)
      .add("newClientOrderId", order.client_order_id);
  auto call = signed_call(at, "POST", order_path, std::move(what), timestamp);
  call.at_most_once = true;
  return call;
}

http_call mexc_query_request(const mexc_access& at, std::string_view symbol,
                             mexc_name by, std::string_view id,
                             std::int64_t timestamp) {
  parameters what;
  what.add("symbol", symbol)
      .add(by == mexc_name::order_id ? "orderId" : "origClientOrderId", id);
  return signed_call(at, "GET", order_path, std::move(what), timestamp);
}

http_call mexc_cancel_request(const mexc_access& at, std::string_view symbol,
                              std::string_view client_order_id,
                              std::int64_t timestamp) {
  parameters what;
  what.add("symbol", symbol).add("origClientOrderId", client_order_id);
  auto call = signed_call(at, "DELETE", order_path, std::move(what), timestamp);
  call.at_most_once = true;
  return call;
}

mexc_answer judge_mexc_reply(http_reply reply) {
  mexc_answer result;
  if (reply.kind != http_reply::replied) {
    result.kind = reply.kind == http_reply::not_sent ? mexc_answer::not_sent
                                                     : mexc_answer::unclear;
    result.message = one_line(reply.why);
    return result;
  }
  if (reply.status >= 200 && reply.status < 300) {
    result.kind = mexc_answer::done;
    result.body = std::move(reply.body);
  } else if (reply.status == 429 || reply.status == 418) {
    result.kind = mexc_answer::slow_down;
    result.retry_after_ms =
        read_retry_after(reply.retry_after)
            .value_or(reply.status == 418 ? ban_ms : pause_ms);
    result.message = "the exchange takes no requests for " +
                     std::to_string(result.retry_after_ms / 1000) +
                     " s (HTTP " + std::to_string(reply.status) + ')';
  } else if (reply.status >= 400 && reply.status < 500) {
    judge_refusal(reply, result);
  } else {
    result.message = "HTTP status " + std::to_string(reply.status);
  }
  return result;
}

} // namespace holdfast
