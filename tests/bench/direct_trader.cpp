#include "bench/direct_trader.hpp"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace holdfast::bench {

namespace {

constexpr long patience_ms = 10'000;

std::int64_t wall_ms() {
  using namespace std::chrono;
  auto now = system_clock::now().time_since_epoch();
  return duration_cast<milliseconds>(now).count();
}

std::string signature_of(const std::string& secret, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       digest.data(), &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i)
    (hex += digits[digest[i] >> 4]) += digits[digest[i] & 15];
  return hex;
}

std::size_t append(char* data, std::size_t size, std::size_t n, void* to) {
  static_cast<std::string*>(to)->append(data, size * n);
  return size * n;
}

} // namespace

struct direct_trader::line {
  line(const std::string& api_key, bool kept) : handle(curl_easy_init()) {
    headers = curl_slist_append(nullptr, ("X-MEXC-APIKEY: " + api_key).c_str());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, patience_ms);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, kept ? 0L : 1L);
    curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, kept ? 0L : 1L);
  }
  ~line() {
    curl_easy_cleanup(handle);
    curl_slist_free_all(headers);
  }
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  CURL* handle;
  curl_slist* headers;
  std::string body;
};

direct_trader::direct_trader(std::string url, std::string api_key,
                             std::string secret)
    : url_(std::move(url)), api_key_(std::move(api_key)),
      secret_(std::move(secret)),
      orders_(std::make_unique<line>(api_key_, false)),
      queries_(std::make_unique<line>(api_key_, true)) {}

direct_trader::~direct_trader() = default;

std::string direct_trader::call(line& by, const char* method,
                                const std::string& parameters) {
  auto text =
      parameters + "&recvWindow=5000&timestamp=" + std::to_string(wall_ms());
  auto url = url_ + "/api/v3/order?" + text +
             "&signature=" + signature_of(secret_, text);
  by.body.clear();
  curl_easy_setopt(by.handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(by.handle, CURLOPT_CUSTOMREQUEST, method);
  long status = 0;
  auto result = curl_easy_perform(by.handle);
  curl_easy_getinfo(by.handle, CURLINFO_RESPONSE_CODE, &status);
  if (result != CURLE_OK || status != 200)
    throw std::runtime_error{std::string{"the exchange did not do a "} +
                             method + ": " + curl_easy_strerror(result) + ", " +
                             std::to_string(status) + " " + by.body};
  return by.body;
}

void direct_trader::trade(std::uint64_t n) {
  auto id = "direct" + std::to_string(n);
  call(*orders_, "POST",
       "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.001&price=65000.50"
       "&newClientOrderId=" +
           id);
  auto seen = call(*queries_, "GET", "symbol=BTCUSDT&origClientOrderId=" + id);
  if (seen.find("\"FILLED\"") == std::string::npos)
    throw std::runtime_error{"an order was not filled: " + seen};
}

} // namespace holdfast::bench
