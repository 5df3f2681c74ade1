// Reads with Beast; writes bytes of its own, since half of the answers are
// wrong on purpose.
// Must not know what a call means.
#include "tests/fakes/fake_session.hpp"

#include "tests/fakes/fake_clock.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <cctype>
#include <utility>

namespace fake {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::uint64_t body_max = 8 << 20;
constexpr std::size_t huge_bytes = 64 << 20;
/// How long an answer that is not there yet is left alone.
constexpr std::int64_t ask_again_ms = 5;
constexpr const char* page =
    "<!DOCTYPE html><html><body><h1>Welcome</h1></body></html>";

std::string text(boost::beast::string_view from) {
  return {from.data(), from.size()};
}

} // namespace

session::session(asio::ip::tcp::socket socket, service& all,
                 std::function<void()> controlled)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), all_(all),
      controlled_(std::move(controlled)) {}

void session::read() {
  parser_.emplace();
  parser_->body_limit(body_max);
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](error_code error, std::size_t) {
                     if (error)
                       self->close();
                     else
                       self->dispatch();
                   });
}

http_request session::taken() {
  auto message = parser_->release();
  keep_alive_ = message.keep_alive();
  http_request request{text(message.method_string()),
                       text(message.target()),
                       {},
                       std::move(message.body())};
  for (const auto& field : message) {
    auto name = text(field.name_string());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    request.headers[name] = text(field.value());
  }
  return request;
}

void session::dispatch() {
  if (steady_ms() < all_.away_until())
    return close();
  ++served_;
  auto request = taken();
  if (request.target.starts_with("/fake/")) {
    auto reply = all_.control(request.method, request.target, request.body);
    controlled_(); // first: who has the answer must find it carried out
    return write(reply);
  }
  current_ = all_.arrived(request);
  plan_ = all_.faults().take(current_.subject);
  happen();
}

void session::happen() {
  switch (plan_.what) {
  case fault::reject:
  case fault::status:
  case fault::limit_429:
  case fault::limit_418:
  case fault::before_500:
    return write(all_.refused(plan_));
  case fault::drop_request:
    return close();
  case fault::hang_before:
    return wait(plan_.ms, [this] { close(); });
  case fault::delay_accept:
    return wait(plan_.ms, [this] { carry_out(); });
  default:
    return carry_out();
  }
}

void session::carry_out() {
  auto reply = current_.serve(plan_);
  if (reply)
    finish(*reply);
  else
    wait(ask_again_ms, [this] { carry_out(); });
}

void session::finish(const answer& reply) {
  switch (plan_.what) {
  case fault::after_500:
    return write(all_.refused(plan_));
  case fault::drop_response:
  case fault::late_visible_drop:
    return close();
  case fault::close_keepalive:
    return served_ == 1 ? write(reply) : close();
  case fault::hang_after:
    return wait(plan_.ms, [this] { close(); });
  case fault::malformed:
    return write({reply.status, "<html>502" + reply.body.substr(0, 20)});
  case fault::truncated: {
    auto half = reply;
    half.body.resize(reply.body.size() / 2);
    auto missing = reply.body.size() - half.body.size();
    return write_text(as_http(half, keep_alive_, missing), false);
  }
  case fault::huge:
    return write({reply.status,
                  "{\"padding\":\"" + std::string(huge_bytes, 'x') + "\"}"});
  case fault::wrong_shape:
    return write({reply.status, std::string{all_.words().wrong_shape}});
  case fault::empty_body:
    return write({200, ""});
  case fault::html:
    return write({200, page, {}, "text/html;charset=utf-8"});
  case fault::slow_body: {
    auto whole = as_http(reply, false);
    auto head = whole.size() - reply.body.size();
    return dribble(std::move(whole), head, plan_.ms);
  }
  default:
    return write(reply);
  }
}

void session::write(const answer& reply) {
  write_text(as_http(reply, keep_alive_), keep_alive_);
}

void session::write_text(std::string text, bool keep_open) {
  out_ = std::move(text);
  asio::async_write(
      socket_, asio::buffer(out_),
      [self = shared_from_this(), keep_open](error_code error, std::size_t) {
        self->out_ = {};
        if (error || !keep_open)
          self->close();
        else
          self->read();
      });
}

void session::dribble(std::string text, std::size_t first,
                      std::int64_t pause_ms) {
  if (text.empty())
    return close();
  out_ = text.substr(0, first);
  auto written = [self = shared_from_this(), pause_ms,
                  rest = text.substr(first)](error_code error, std::size_t) {
    if (error)
      return self->close();
    self->wait(pause_ms, [self = self.get(), pause_ms, rest] {
      self->dribble(rest, 1, pause_ms);
    });
  };
  asio::async_write(socket_, asio::buffer(out_), std::move(written));
}

void session::wait(std::int64_t ms, std::function<void()> then) {
  timer_.expires_after(std::chrono::milliseconds{ms});
  timer_.async_wait([self = shared_from_this(), epoch = all_.epoch(),
                     then = std::move(then)](error_code error) {
    if (error || epoch != self->all_.epoch())
      self->close();
    else
      then();
  });
}

void session::close() {
  // The peer may have closed first; then there is nothing left to end.
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

} // namespace fake
