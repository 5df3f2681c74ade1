#include "gateway/key_fields.hpp"

#include "rules/refusals.hpp"

namespace holdfast {

namespace {

/// Takes the header's value as a string of RFC 9651 in quotes, or as it is.
std::string unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"')
    return std::string{value};
  std::string out;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '\\' && i + 2 < value.size())
      ++i;
    out += value[i];
  }
  return out;
}

} // namespace

std::string header_key(const http_request& request,
                       std::optional<problem>& refusal) {
  auto times = request.count("Idempotency-Key");
  if (times == 0)
    return {};
  if (times > 1) {
    refusal = invalid_request("The header Idempotency-Key stands twice.");
    return {};
  }
  auto key = unquoted(*request.find("Idempotency-Key"));
  refusal = check_text("The header Idempotency-Key", key);
  return key;
}

std::string merge_keys(body_fields& body, const std::string& from_header,
                       std::optional<problem>& refusal) {
  auto key = body.is_null("idempotencyKey") ? std::string{}
                                            : body.text("idempotencyKey");
  if (!key.empty() && !from_header.empty() && key != from_header)
    refusal = invalid_request("The header Idempotency-Key and the field "
                              "idempotencyKey are different keys.");
  return key.empty() ? from_header : key;
}

} // namespace holdfast
