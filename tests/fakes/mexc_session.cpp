// Reads with Beast; writes bytes of its own, since half of the answers are
// wrong on purpose.
// Must not know what a call means.
#include "tests/fakes/mexc_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>

#include <utility>

namespace fake {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::uint64_t body_max = 8 << 20;
constexpr std::size_t huge_bytes = 64 << 20;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

/// An HTTP answer whose Content-Length is `missing` more than its body.
std::string as_http(const answer& reply, bool keep_alive,
                    std::size_t missing = 0) {
  auto reason = http::obsolete_reason(
      http::int_to_status(static_cast<unsigned>(reply.status)));
  auto text = "HTTP/1.1 " + std::to_string(reply.status) + " " +
              std::string{view(reason)} +
              "\r\nContent-Type: application/json;charset=utf-8\r\n"
              "Content-Length: " +
              std::to_string(reply.body.size() + missing) + "\r\n";
  for (const auto& [name, value] : reply.headers)
    text += name + ": " + value + "\r\n";
  if (!keep_alive)
    text += "Connection: close\r\n";
  return text + "\r\n" + reply.body;
}

answer limited(int status, const fault_plan& plan) {
  auto reply = refusal(status, 429, "Too Many Requests");
  reply.headers.emplace_back("Retry-After", std::to_string(plan.retry_after_s));
  return reply;
}

answer server_error() {
  return refusal(500, 500, "something went wrong; the execution is unknown");
}

answer refused_as(const fault_plan& plan) {
  auto text = plan.message.empty() ? "refused as the test wants" : plan.message;
  return refusal(plan.status, plan.code, text);
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

void session::dispatch() {
  if (steady_ms() < all_.away_until())
    return close();
  ++served_;
  auto message = parser_->release();
  keep_alive_ = message.keep_alive();
  auto method = view(message.method_string());
  auto target = view(message.target());
  if (target.starts_with("/fake/")) {
    auto reply = all_.control(method, target, message.body());
    controlled_(); // first: who has the answer must find it carried out
    return write(reply);
  }
  auto request = parse_request(method, target, message.body(),
                               view(message["X-MEXC-APIKEY"]));
  all_.calls().count(request);
  happen(request, all_.faults().take(request));
}

void session::happen(const api_request& request, const fault_plan& plan) {
  switch (plan.what) {
  case fault::none:
    return write(all_.calls().serve(request));
  case fault::delay_accept:
    return wait(plan.ms,
                [this, request] { write(all_.calls().serve(request)); });
  case fault::close_keepalive:
    if (served_ == 1)
      return write(all_.calls().serve(request));
    break;
  case fault::late_visible:
    return write(all_.calls().serve(request, plan.ms));
  case fault::late_visible_drop:
    all_.calls().serve(request, plan.ms);
    return close();
  case fault::reject:
  case fault::status:
  case fault::limit_429:
  case fault::limit_418:
  case fault::before_500:
  case fault::drop_request:
  case fault::hang_before:
    return happen_before(plan);
  default:
    break;
  }
  happen_after(all_.calls().serve(request), plan);
}

void session::happen_before(const fault_plan& plan) {
  switch (plan.what) {
  case fault::limit_429:
  case fault::limit_418:
    all_.calls().count_limited();
    return write(limited(plan.what == fault::limit_429 ? 429 : 418, plan));
  case fault::before_500:
    return write(server_error());
  case fault::drop_request:
    return close();
  case fault::hang_before:
    return wait(plan.ms, [this] { close(); });
  default:
    return write(refused_as(plan));
  }
}

void session::happen_after(const answer& reply, const fault_plan& plan) {
  switch (plan.what) {
  case fault::after_500:
    return write(server_error());
  case fault::hang_after:
    return wait(plan.ms, [this] { close(); });
  case fault::malformed:
    return write({reply.status, "<html>502" + reply.body.substr(0, 20)});
  case fault::truncated: {
    auto half =
        answer{reply.status, reply.body.substr(0, reply.body.size() / 2)};
    auto missing = reply.body.size() - half.body.size();
    return write_text(as_http(half, keep_alive_, missing), false);
  }
  case fault::huge:
    return write({reply.status,
                  "{\"padding\":\"" + std::string(huge_bytes, 'x') + "\"}"});
  case fault::wrong_shape:
    return write({reply.status, R"([{"data":{"orderId":{"nested":true}}}])"});
  case fault::slow_body: {
    auto whole = as_http(reply, false);
    auto head = whole.size() - reply.body.size();
    return dribble(std::move(whole), head, plan.ms);
  }
  default: // drop_response, close_keepalive
    return close();
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
