// The HTTP client on libcurl's multi interface.
#include "node/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <unordered_map>

namespace holdfast {

namespace {

/// Longer than the longest long poll (300 s).
constexpr long answer_timeout_ms = 330'000;
constexpr long connect_timeout_ms = 5'000;

struct exchange {
  CURL* handle = nullptr;
  curl_slist* headers = nullptr;
  client_request request;
  client_response response;
  http_transport::callback done;
  std::array<char, CURL_ERROR_SIZE> why{};
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* to) {
  static_cast<exchange*>(to)->response.body.append(data, size);
  return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* to) {
  constexpr std::string_view name = "idempotent-replayed: true";
  std::string_view line{data, size};
  auto same = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  if (line.size() >= name.size() &&
      std::equal(name.begin(), name.end(), line.begin(), same))
    static_cast<exchange*>(to)->response.replayed = true;
  return size;
}

/// A program that this one starts must not keep its connections open.
int on_socket(void*, curl_socket_t socket, curlsocktype) {
  return fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 ? CURL_SOCKOPT_OK
                                                 : CURL_SOCKOPT_ERROR;
}

std::set<int> open_files() {
  std::set<int> found;
  std::error_code gone;
  for (auto& entry : std::filesystem::directory_iterator{"/proc/self/fd", gone})
    found.insert(std::stoi(entry.path().filename().string()));
  // The directory was open itself while it was read.
  std::erase_if(found, [](int fd) { return fcntl(fd, F_GETFD) < 0; });
  return found;
}

/// The same for the sockets by which libcurl wakes itself up.
CURLM* new_multi() {
  auto before = open_files();
  auto multi = curl_multi_init();
  if (!multi)
    throw std::bad_alloc();
  for (auto fd : open_files())
    if (!before.contains(fd))
      fcntl(fd, F_SETFD, FD_CLOEXEC);
  return multi;
}

/// libcurl wants this once per process, before any thread uses it.
void init_curl() {
  static const auto result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK)
    throw std::runtime_error(curl_easy_strerror(result));
}

std::string checked_url(std::string url) {
  while (!url.empty() && url.back() == '/')
    url.pop_back();
  CURLU* parts = curl_url();
  auto code = curl_url_set(parts, CURLUPART_URL, url.c_str(), 0);
  curl_url_cleanup(parts);
  auto known = url.rfind("http://", 0) == 0 || url.rfind("https://", 0) == 0;
  if (code != CURLUE_OK || !known ||
      url.find_first_of("?#") != std::string::npos)
    throw std::invalid_argument("'" + url +
                                "' is no URL of a node; it looks like "
                                "http://127.0.0.1:8080");
  return url;
}

/// A line break in a token would be a header of its own. Never tells it.
void check_token(std::string_view token) {
  for (unsigned char c : token)
    if (c <= ' ' || c > '~')
      throw std::invalid_argument("the token has characters that no token "
                                  "has; it is one line of visible ASCII");
}

void check_ca_file(const std::string& file) {
  if (!file.empty() && access(file.c_str(), R_OK) != 0)
    throw std::invalid_argument("the CA file '" + file + "' cannot be read");
}

} // namespace

struct http_client::impl {
  node_access to;
  std::vector<curl_waitfd> wake_fds;
  CURLM* multi = nullptr;
  std::unordered_map<CURL*, std::unique_ptr<exchange>> under_way;
  std::vector<CURL*> spare;

  ~impl() {
    for (auto& [handle, x] : under_way) {
      curl_multi_remove_handle(multi, handle);
      curl_slist_free_all(x->headers);
      curl_easy_cleanup(handle);
    }
    for (auto handle : spare)
      curl_easy_cleanup(handle);
    curl_multi_cleanup(multi);
  }

  CURL* handle() {
    if (spare.empty()) {
      if (auto fresh = curl_easy_init())
        return fresh;
      throw std::bad_alloc();
    }
    auto used = spare.back();
    spare.pop_back();
    curl_easy_reset(used);
    return used;
  }

  void prepare(exchange& x) {
    auto set = [&](auto option, auto value) {
      if (auto code = curl_easy_setopt(x.handle, option, value);
          code != CURLE_OK)
        throw std::runtime_error(curl_easy_strerror(code));
    };
    set(CURLOPT_URL, (to.url + x.request.target).c_str());
    set(CURLOPT_CUSTOMREQUEST, x.request.method.c_str());
    set(CURLOPT_WRITEFUNCTION, on_body);
    set(CURLOPT_WRITEDATA, &x);
    set(CURLOPT_HEADERFUNCTION, on_header);
    set(CURLOPT_HEADERDATA, &x);
    set(CURLOPT_SOCKOPTFUNCTION, on_socket);
    set(CURLOPT_ERRORBUFFER, x.why.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    auto timeout = static_cast<long>(x.request.timeout.count());
    set(CURLOPT_TIMEOUT_MS, timeout > 0 ? timeout : answer_timeout_ms);
    if (!to.ca_file.empty())
      set(CURLOPT_CAINFO, to.ca_file.c_str());
    if (!to.token.empty())
      x.headers = curl_slist_append(
          x.headers, ("Authorization: Bearer " + to.token).c_str());
    // No "Expect: 100-continue", which costs a round trip.
    x.headers = curl_slist_append(x.headers, "Expect:");
    if (!x.request.body.empty()) {
      set(CURLOPT_POSTFIELDSIZE, static_cast<long>(x.request.body.size()));
      set(CURLOPT_POSTFIELDS, x.request.body.c_str());
      x.headers =
          curl_slist_append(x.headers, "Content-Type: application/json");
    } else if (x.request.method == "POST") {
      set(CURLOPT_POSTFIELDSIZE, 0L);
      set(CURLOPT_POSTFIELDS, "");
      x.headers = curl_slist_append(x.headers, "Content-Type:");
    }
    set(CURLOPT_HTTPHEADER, x.headers);
  }

  void finish(CURL* handle, CURLcode code) {
    auto node = under_way.extract(handle);
    auto& x = *node.mapped();
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK)
      x.response.status = static_cast<int>(status);
    else
      x.response.error =
          x.why[0] != '\0' ? x.why.data() : curl_easy_strerror(code);
    curl_multi_remove_handle(multi, handle);
    curl_slist_free_all(x.headers);
    spare.push_back(handle);
    x.done(std::move(x.response));
  }
};

http_client::http_client(node_access to) : impl_(std::make_unique<impl>()) {
  init_curl();
  to.url = checked_url(std::move(to.url));
  check_token(to.token);
  check_ca_file(to.ca_file);
  impl_->to = std::move(to);
  impl_->multi = new_multi();
}

http_client::~http_client() = default;

void http_client::send(client_request what, callback done) {
  auto x = std::make_unique<exchange>();
  x->handle = impl_->handle();
  x->request = std::move(what);
  x->done = std::move(done);
  auto handle = x->handle;
  auto& kept = *(impl_->under_way[handle] = std::move(x));
  impl_->prepare(kept);
  if (auto code = curl_multi_add_handle(impl_->multi, handle); code != CURLM_OK)
    throw std::runtime_error(curl_multi_strerror(code));
}

void http_client::poll(std::chrono::milliseconds at_most) {
  auto check = [](CURLMcode code) {
    if (code != CURLM_OK)
      throw std::runtime_error(curl_multi_strerror(code));
  };
  int running = 0;
  check(curl_multi_perform(impl_->multi, &running));
  auto answered = false;
  int left = 0;
  while (auto message = curl_multi_info_read(impl_->multi, &left)) {
    if (message->msg != CURLMSG_DONE)
      continue;
    answered = true;
    // `finish` makes the message invalid.
    auto code = message->data.result;
    impl_->finish(message->easy_handle, code);
  }
  if (!answered && at_most.count() > 0)
    check(curl_multi_poll(impl_->multi, impl_->wake_fds.data(),
                          static_cast<unsigned>(impl_->wake_fds.size()),
                          static_cast<int>(at_most.count()), nullptr));
}

void http_client::wake_on(std::vector<int> fds) {
  impl_->wake_fds.clear();
  for (auto fd : fds)
    impl_->wake_fds.push_back({fd, CURL_WAIT_POLLIN, 0});
}

client_response http_client::call(client_request what) {
  std::optional<client_response> result;
  send(std::move(what), [&](client_response x) { result = std::move(x); });
  while (!result)
    poll(std::chrono::milliseconds{1000});
  return std::move(*result);
}

} // namespace holdfast
