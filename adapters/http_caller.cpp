// The HTTP client on libcurl's multi interface. The only file of this folder
// that knows libcurl.
#include "adapters/http_caller.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>

namespace holdfast {

namespace {

/// Nothing happens without a wake-up; this only bounds what a lost one costs.
constexpr int poll_ms = 1000;

/// libcurl wants this once per process, before any thread uses it.
void init_curl() {
  static const auto result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK)
    throw std::runtime_error(curl_easy_strerror(result));
}

struct transfer {
  transfer(http_call what, http_caller::callback to)
      : call(std::move(what)), done(std::move(to)) {}
  ~transfer() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(handle);
  }
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  http_call call;
  http_caller::callback done;
  http_reply reply;
  CURL* handle = nullptr;
  curl_slist* headers = nullptr;
  std::size_t body_bytes_max = 0;
  std::size_t header_bytes_left = 0;
  bool begun = false;      ///< a byte of the request may have left
  bool has_head = false;   ///< all headers came; libcurl does not insist
  bool has_enough = false; ///< of the body
  std::string too_much;
  std::array<char, CURL_ERROR_SIZE> why{};
};

/// Called when the connection stands, TLS included, and before anything of the
/// request is written to it; again, if libcurl is about to repeat the request.
int on_begin(void* to, char*, char*, int, int) {
  auto& x = *static_cast<transfer*>(to);
  if (std::exchange(x.begun, true) && x.call.at_most_once)
    return CURL_PREREQFUNC_ABORT;
  return CURL_PREREQFUNC_OK;
}

std::size_t on_body(char* data, std::size_t, std::size_t size, void* to) {
  auto& x = *static_cast<transfer*>(to);
  auto enough = x.call.body_bytes_enough;
  if (enough != 0 && size > enough - x.reply.body.size()) {
    x.reply.body.append(data, enough - x.reply.body.size());
    x.has_enough = true;
    return 0; // libcurl gives up
  }
  if (size > x.body_bytes_max - x.reply.body.size()) {
    x.too_much = "the reply is larger than " +
                 std::to_string(x.body_bytes_max) + " bytes";
    return 0;
  }
  x.reply.body.append(data, size);
  return size;
}

/// The value of a header line, if it is the one named, in lower case.
std::string_view value_of(std::string_view line, std::string_view name) {
  auto same = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == b;
  };
  if (line.size() <= name.size() || line[name.size()] != ':' ||
      !std::equal(name.begin(), name.end(), line.begin(),
                  [&](char b, char a) { return same(a, b); }))
    return {};
  line.remove_prefix(name.size() + 1);
  auto first = line.find_first_not_of(" \t\r\n");
  auto last = line.find_last_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{}
                                         : line.substr(first, last - first + 1);
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* to) {
  auto& x = *static_cast<transfer*>(to);
  if (size > x.header_bytes_left) {
    x.too_much = "the reply's headers are too large";
    return 0;
  }
  x.header_bytes_left -= size;
  std::string_view line{data, size};
  if (line.starts_with("HTTP/"))
    x.has_head = false;
  else if (size <= 2) // the empty line behind them
    x.has_head = true;
  if (auto value = value_of(line, "retry-after"); !value.empty())
    x.reply.retry_after = value;
  return size;
}

/// Sets the options of a request. Answers what libcurl does not take.
CURLcode prepare(transfer& x, const http_caller_options& options) {
  auto result = CURLE_OK;
  auto set = [&](auto option, auto value) {
    if (result == CURLE_OK)
      result = curl_easy_setopt(x.handle, option, value);
  };
  auto header = [&](const std::string& line) {
    auto longer = curl_slist_append(x.headers, line.c_str());
    if (!longer)
      throw std::bad_alloc{};
    x.headers = longer;
  };
  x.body_bytes_max = options.body_bytes_max;
  x.header_bytes_left = options.header_bytes_max;
  set(CURLOPT_PRIVATE, static_cast<void*>(&x));
  set(CURLOPT_URL, x.call.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty())
    set(CURLOPT_CAINFO, options.ca_file.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  // A name server that does not answer must not hold up the other requests.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(x.call.timeout.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(x.call.timeout.count()));
  set(CURLOPT_ERRORBUFFER, x.why.data());
  set(CURLOPT_PREREQFUNCTION, on_begin);
  set(CURLOPT_PREREQDATA, &x);
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, &x);
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, &x);
  set(CURLOPT_USERAGENT, "holdfast");
  if (x.call.at_most_once) {
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);
  }
  if (!x.call.body.empty() || x.call.method == "POST") {
    set(CURLOPT_POSTFIELDSIZE_LARGE,
        static_cast<curl_off_t>(x.call.body.size()));
    set(CURLOPT_POSTFIELDS, x.call.body.c_str());
  }
  set(CURLOPT_CUSTOMREQUEST, x.call.method.c_str());
  // No "Expect: 100-continue", which costs a round trip.
  header("Expect:");
  for (const auto& line : x.call.headers)
    header(line);
  set(CURLOPT_HTTPHEADER, x.headers);
  return result;
}

} // namespace

struct http_caller::impl {
  using transfer_ptr = std::unique_ptr<transfer>;

  explicit impl(http_caller_options x) : options(std::move(x)) {
    init_curl();
    multi = curl_multi_init();
    if (!multi)
      throw std::runtime_error("libcurl does not start");
  }

  void answer(transfer& x, http_reply::kind_type kind) {
    x.reply.kind = kind;
    {
      std::lock_guard guard{mutex};
      --outstanding;
    }
    x.done(std::move(x.reply));
  }

  void fail(transfer& x, CURLcode code) {
    x.reply.status = 0;
    x.reply.body.clear();
    x.reply.retry_after.clear();
    x.reply.why = !x.too_much.empty() ? x.too_much
                  : x.why[0] != '\0'  ? x.why.data()
                                      : curl_easy_strerror(code);
    answer(x, x.begun ? http_reply::broken : http_reply::not_sent);
  }

  void begin(transfer_ptr x) {
    x->handle = curl_easy_init();
    auto code = x->handle ? prepare(*x, options) : CURLE_OUT_OF_MEMORY;
    if (code == CURLE_OK && curl_multi_add_handle(multi, x->handle) != CURLM_OK)
      code = CURLE_FAILED_INIT;
    if (code != CURLE_OK)
      return fail(*x, code);
    auto handle = x->handle;
    under_way.emplace(handle, std::move(x));
  }

  void finish(CURL* handle, CURLcode code) {
    auto x = std::move(under_way.extract(handle).mapped());
    curl_multi_remove_handle(multi, handle);
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (x->has_enough)
      code = CURLE_OK;
    if (code != CURLE_OK || !x->has_head)
      return fail(*x, code == CURLE_OK ? CURLE_PARTIAL_FILE : code);
    x->reply.status = static_cast<int>(status);
    answer(*x, http_reply::replied);
  }

  void give_up() {
    for (auto& x : take_incoming())
      fail(*x, CURLE_ABORTED_BY_CALLBACK);
    while (!under_way.empty())
      finish(under_way.begin()->first, CURLE_ABORTED_BY_CALLBACK);
  }

  std::vector<transfer_ptr> take_incoming() {
    std::lock_guard guard{mutex};
    return std::exchange(incoming, {});
  }

  bool is_stopping() {
    std::lock_guard guard{mutex};
    return stopping;
  }

  void run() {
    // OpenSSL writes to connections that the other side has closed, and
    // libcurl keeps the signal off only where it may touch signals at all.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    while (!is_stopping()) {
      for (auto& x : take_incoming())
        begin(std::move(x));
      int running = 0;
      if (curl_multi_perform(multi, &running) != CURLM_OK)
        give_up(); // out of memory, or a defect: nobody waits for ever
      int left = 0;
      auto ended = 0;
      while (auto message = curl_multi_info_read(multi, &left)) {
        // `finish` makes the message invalid.
        auto code = message->data.result;
        if (message->msg == CURLMSG_DONE)
          finish(message->easy_handle, code);
        ++ended;
      }
      if (ended == 0)
        curl_multi_poll(multi, nullptr, 0, poll_ms, nullptr);
    }
    give_up();
    curl_multi_cleanup(multi);
  }

  const http_caller_options options;
  CURLM* multi = nullptr;
  std::thread thread;

  std::mutex mutex; ///< guards the three below
  std::vector<transfer_ptr> incoming;
  std::size_t outstanding = 0;
  bool stopping = false;

  std::unordered_map<CURL*, transfer_ptr> under_way; ///< the thread's alone
};

http_caller::http_caller(http_caller_options options)
    : impl_(std::make_shared<impl>(std::move(options))) {
  impl_->thread = std::thread{[x = impl_] { x->run(); }};
}

http_caller::~http_caller() {
  {
    std::lock_guard guard{impl_->mutex};
    impl_->stopping = true;
    curl_multi_wakeup(impl_->multi); // which it cleans up when it sees that
  }
  if (impl_->thread.get_id() == std::this_thread::get_id())
    impl_->thread.detach(); // from within a callback: it ends by itself
  else
    impl_->thread.join();
}

void http_caller::send(http_call what, callback done) {
  auto x = std::make_unique<transfer>(std::move(what), std::move(done));
  {
    std::lock_guard guard{impl_->mutex};
    if (impl_->stopping)
      x->reply.why = "the caller is being stopped";
    else if (impl_->outstanding >= impl_->options.outstanding_max)
      x->reply.why = std::to_string(impl_->outstanding) +
                     " requests are waiting for replies; no more are begun";
    else {
      ++impl_->outstanding;
      impl_->incoming.push_back(std::move(x));
      curl_multi_wakeup(impl_->multi);
      return;
    }
  }
  x->done(std::move(x->reply));
}

} // namespace holdfast
