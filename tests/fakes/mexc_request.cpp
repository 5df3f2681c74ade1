// Query strings and HMAC.
// Must not know sockets or the book.
#include "tests/fakes/mexc_request.hpp"

#include "tests/fakes/fake_http.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace fake {

namespace {

constexpr std::array<std::pair<call, std::string_view>, 6> names{{
    {call::order, "order"},
    {call::query, "query"},
    {call::cancel, "cancel"},
    {call::time, "time"},
    {call::info, "info"},
    {call::test, "test"},
}};

constexpr std::string_view signature_is = "signature=";

/// Adds the parameters of a query string or form to `into`; gives back the
/// text without its signature.
std::string take_apart(std::string_view text, api_request& into) {
  std::string signed_part;
  std::map<std::string, std::string> here;
  while (!text.empty()) {
    auto piece = next_piece(text);
    if (!piece.starts_with(signature_is))
      signed_part += (signed_part.empty() ? "" : "&") + std::string{piece};
    auto pair = decoded_pair(piece);
    if (!here.insert(pair).second)
      into.repeated = pair.first;
  }
  into.parameters.merge(here);
  return signed_part;
}

call route(std::string_view method, std::string_view path) {
  if (path == "/api/v3/order") {
    if (method == "POST")
      return call::order;
    if (method == "GET")
      return call::query;
    if (method == "DELETE")
      return call::cancel;
  }
  if (path == "/api/v3/order/test" && method == "POST")
    return call::test;
  if (path == "/api/v3/time" && method == "GET")
    return call::time;
  if (path == "/api/v3/exchangeInfo" && method == "GET")
    return call::info;
  return call::other;
}

} // namespace

std::string_view name_of(call what) {
  for (auto [known, name] : names)
    if (known == what)
      return name;
  return "other";
}

call call_of(std::string_view name) {
  for (auto [what, known] : names)
    if (known == name)
      return what;
  throw std::invalid_argument("`on` is order, query, cancel, time, info or "
                              "test, not " +
                              std::string{name});
}

std::string api_request::get(const std::string& name) const {
  auto found = parameters.find(name);
  return found == parameters.end() ? std::string{} : found->second;
}

api_request parse_request(std::string_view method, std::string_view target,
                          std::string_view body, std::string_view api_key) {
  api_request result;
  auto path = target.substr(0, target.find('?'));
  target.remove_prefix(std::min(target.size(), path.size() + 1));
  result.what = route(method, path);
  result.api_key = api_key;
  result.signed_text = take_apart(target, result);
  result.signed_text += take_apart(body, result);
  return result;
}

std::string sign(std::string_view secret, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           digest, &size) == nullptr)
    throw std::runtime_error("OpenSSL cannot compute an HMAC");
  std::string result;
  for (unsigned int i = 0; i < size; ++i) {
    result += "0123456789abcdef"[digest[i] >> 4];
    result += "0123456789abcdef"[digest[i] & 15];
  }
  return result;
}

} // namespace fake
