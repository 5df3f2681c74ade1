// Header look-up, the text of answers, and the way of a late answer.
// Must not know Boost, CAF or any route.
#include "gateway/http_types.hpp"

#include <algorithm>
#include <utility>

namespace holdfast {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view reason_of(unsigned status) {
  switch (status) {
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 202:
    return "Accepted";
  case 204:
    return "No Content";
  case 304:
    return "Not Modified";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 413:
    return "Content Too Large";
  case 415:
    return "Unsupported Media Type";
  case 422:
    return "Unprocessable Content";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 503:
    return "Service Unavailable";
  default: // RFC 9112, section 4: the phrase may be empty
    return "";
  }
}

void append_header(std::string& out, std::string_view name,
                   std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

} // namespace

bool equal_ignoring_case(std::string_view lhs, std::string_view rhs) {
  return std::equal(lhs.begin(), lhs.end(), rhs.begin(), rhs.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::size_t http_request::count(std::string_view name) const {
  auto matches = [&](const auto& h) {
    return equal_ignoring_case(h.name, name);
  };
  return static_cast<std::size_t>(
      std::count_if(headers.begin(), headers.end(), matches));
}

const std::string* http_request::find(std::string_view name) const {
  for (auto& header : headers)
    if (equal_ignoring_case(header.name, name))
      return &header.value;
  return nullptr;
}

std::string render(const http_response& what, bool keep_alive, bool to_http_1_0,
                   bool head_only, std::string_view request_id) {
  // RFC 9110, sections 8.6 and 15.4.5: no body, and so no length.
  bool has_body = what.status != 204 && what.status != 304;
  std::string out;
  out.reserve(256 + (head_only ? 0 : what.body.size()));
  out += "HTTP/1.1 ";
  out += std::to_string(what.status);
  out += ' ';
  out += reason_of(what.status);
  out += "\r\n";
  if (has_body) {
    append_header(out, "Content-Type", what.content_type);
    append_header(out, "Content-Length", std::to_string(what.body.size()));
  }
  for (auto& header : what.headers)
    append_header(out, header.name, header.value);
  append_header(out, "X-Request-Id", request_id);
  if (!keep_alive)
    append_header(out, "Connection", "close");
  else if (to_http_1_0)
    append_header(out, "Connection", "keep-alive");
  out += "\r\n";
  if (!head_only && has_body)
    out += what.body;
  return out;
}

std::string render_stream_head(const http_response& what,
                               std::string_view request_id) {
  std::string out = "HTTP/1.1 " + std::to_string(what.status) + ' ' +
                    std::string{reason_of(what.status)} + "\r\n";
  append_header(out, "Content-Type", what.content_type);
  for (auto& header : what.headers)
    append_header(out, header.name, header.value);
  append_header(out, "X-Request-Id", request_id);
  append_header(out, "Connection", "close");
  out += "\r\n";
  return out;
}

std::string given_request_id(const http_request& request) {
  auto* id = request.find("X-Request-Id");
  auto visible = [](char c) { return c > ' ' && c < '\x7F'; };
  if (id == nullptr || id->empty() || id->size() > 128 ||
      !std::all_of(id->begin(), id->end(), visible) ||
      request.count("X-Request-Id") > 1)
    return {};
  return *id;
}

reply::reply(std::shared_ptr<task_queue> io, std::weak_ptr<reply_target> target,
             std::uint64_t serial)
    : io_(std::move(io)), target_(std::move(target)), serial_(serial) {}

/// The target is only ever held on its own thread, so it never dies elsewhere.
template <class F>
void reply::run(F what) const {
  if (io_->on_thread()) {
    if (auto target = target_.lock())
      what(*target);
    return;
  }
  io_->post([target = target_, what = std::move(what)]() mutable {
    if (auto alive = target.lock())
      what(*alive);
  });
}

void reply::operator()(http_response what) const {
  run([serial = serial_, what = std::move(what)](reply_target& to) mutable {
    to.answer(serial, std::move(what));
  });
}

void reply::on_hangup(std::function<void()> then) const {
  run([serial = serial_, then = std::move(then)](reply_target& to) mutable {
    to.on_hangup(serial, std::move(then));
  });
}

void reply::answer_within(std::chrono::milliseconds time) const {
  run([serial = serial_, time](reply_target& to) {
    to.answer_within(serial, time);
  });
}

void reply::open_stream(stream_opening how) const {
  run([serial = serial_, how = std::move(how)](reply_target& to) mutable {
    to.open_stream(serial, std::move(how));
  });
}

void reply::write(shared_text bytes) const {
  run([serial = serial_, bytes = std::move(bytes)](reply_target& to) mutable {
    to.write(serial, std::move(bytes));
  });
}

void reply::end_stream() const {
  run([serial = serial_](reply_target& to) { to.end_stream(serial); });
}

} // namespace holdfast
