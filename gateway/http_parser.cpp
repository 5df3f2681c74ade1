// Makes one HTTP/1 request out of bytes, by way of Boost.Beast.
// The only file that knows Beast; must not know sockets, time or any route.
#include "gateway/http_parser.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <utility>

namespace holdfast {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

std::string_view view_of(beast::string_view text) {
  return {text.data(), text.size()};
}

boost::asio::const_buffer buffer_of(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

} // namespace

struct http_parser::impl {
  http::request_parser<http::string_body> parser;
};

http_parser::http_parser(std::size_t header_bytes_max,
                         const body_limit_function& body_limit)
    : header_bytes_max_(header_bytes_max), body_limit_(body_limit),
      impl_(std::make_unique<impl>()) {
  // Heads are counted here, to the byte; bodies once their route is known.
  impl_->parser.header_limit(0x7FFFFFFF);
  impl_->parser.body_limit(boost::none);
  impl_->parser.eager(false);
}

http_parser::~http_parser() = default;

std::size_t http_parser::feed(std::string_view bytes) {
  std::size_t taken = 0;
  if (!head_done_)
    taken = feed_head(bytes);
  if (head_done_ && state_ == progress::need_more)
    taken += feed_body(bytes.substr(taken));
  return taken;
}

std::size_t http_parser::feed_head(std::string_view bytes) {
  std::size_t taken = 0;
  if (!impl_->parser.got_some()) // RFC 9112, section 2.2: skip empty lines
    while (taken < bytes.size() &&
           (bytes[taken] == '\r' || bytes[taken] == '\n'))
      ++taken;
  beast::error_code failure;
  if (taken < bytes.size())
    taken += impl_->parser.put(buffer_of(bytes.substr(taken)), failure);
  head_bytes_ += taken;
  bool complete = impl_->parser.is_header_done();
  auto counted = complete ? head_bytes_ : head_bytes_ + bytes.size() - taken;
  if (counted > header_bytes_max_ || failure == http::error::header_limit)
    refuse(http_fault::headers_too_large,
           "The request line and headers may have " +
               std::to_string(header_bytes_max_) + " bytes together.");
  else if (failure && failure != http::error::need_more)
    refuse_malformed(failure.message());
  else if (complete)
    finish_head();
  return taken;
}

void http_parser::finish_head() {
  auto& parser = impl_->parser;
  auto& head = parser.get();
  http_1_0_ = head.version() == 10;
  keep_alive_ = head.keep_alive();
  head_request_ = head.method() == http::verb::head;
  request_.method = head_request_ ? "GET" : view_of(head.method_string());
  split_target(view_of(head.target()));
  // Copied now: the trailers of a chunked body would be mixed into them.
  for (auto& field : head)
    request_.headers.push_back({std::string{view_of(field.name_string())},
                                std::string{view_of(field.value())}});
  if (!check_framing())
    return;
  auto limit = body_limit_(request_.method, request_.path);
  body_bytes_max_ = parser.chunked() ? limit : 0;
  if (auto length = parser.content_length()) {
    if (*length > limit) {
      refuse(http_fault::too_large,
             "The body has " + std::to_string(*length) + " bytes; at most " +
                 std::to_string(limit) + " are accepted here.");
      return;
    }
    body_bytes_max_ = static_cast<std::size_t>(*length);
  }
  parser.body_limit(limit);
  parser.eager(true);
  auto expect = request_.find("Expect");
  expects_continue_ = !http_1_0_ && expect != nullptr &&
                      equal_ignoring_case(*expect, "100-continue");
  head_done_ = true;
  if (parser.is_done())
    state_ = progress::done;
}

/// What Beast lets pass, but another reader in front of us might not.
bool http_parser::check_framing() {
  auto codings = request_.count("Transfer-Encoding");
  if (request_.count("Content-Length") > 1)
    refuse_malformed("there is more than one Content-Length");
  else if (codings > 0 && http_1_0_)
    refuse_malformed("HTTP/1.0 has no Transfer-Encoding");
  else if (codings > 1 || (codings == 1 &&
                           !equal_ignoring_case(
                               *request_.find("Transfer-Encoding"), "chunked")))
    refuse_malformed("the only known Transfer-Encoding is chunked");
  else if (auto hosts = request_.count("Host"); hosts > 1)
    refuse_malformed("there is more than one Host");
  else if (hosts == 0 && !http_1_0_) // RFC 9112, section 3.2
    refuse_malformed("there is no Host");
  return state_ != progress::refused;
}

/// Takes the origin form (`/path?query`) and the absolute one
/// (`http://host/path`), which servers must accept (RFC 9112, section 3.2.2);
/// a scheme that is not the connection's changes nothing.
void http_parser::split_target(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme))
      continue;
    target.remove_prefix(scheme.size());
    request_.authority = target.substr(0, target.find_first_of("/?"));
    target.remove_prefix(request_.authority.size());
    break;
  }
  auto question = target.find('?');
  request_.path = target.substr(0, question);
  if (request_.path.empty())
    request_.path = "/";
  if (question != std::string_view::npos)
    request_.query = target.substr(question + 1);
}

std::size_t http_parser::feed_body(std::string_view bytes) {
  auto& parser = impl_->parser;
  // What is left of a chunked body never is shorter than the last chunk,
  // "0 CRLF CRLF"; Beast 1.81 asserts that it was given as much.
  if (bytes.empty() || (parser.chunked() && bytes.size() < 5))
    return 0;
  beast::error_code failure;
  auto taken = parser.put(buffer_of(bytes), failure);
  if (failure == http::error::body_limit)
    refuse(http_fault::too_large, "The body has more than the " +
                                      std::to_string(body_bytes_max_) +
                                      " bytes that are accepted here.");
  else if (failure && failure != http::error::need_more)
    refuse_malformed(failure.message());
  else if (parser.is_done())
    state_ = progress::done;
  else if (bytes.size() - taken > header_bytes_max_)
    refuse_malformed("a chunk's header or the trailers are too long");
  return taken;
}

http_request http_parser::take() {
  request_.body = std::move(impl_->parser.get().body());
  return std::move(request_);
}

void http_parser::refuse(http_fault fault, std::string_view detail) {
  state_ = progress::refused;
  refusal_ = to_response(fault, detail);
}

void http_parser::refuse_malformed(std::string_view detail) {
  state_ = progress::refused;
  problem what;
  what.code = errc::invalid;
  what.detail = "This is no HTTP request: " + std::string{detail} + ".";
  refusal_ = to_response(what);
}

} // namespace holdfast
