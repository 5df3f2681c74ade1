// One connection to a fake: reads a request, lets its fault happen, answers or
// breaks off.
// Must not know what a call means.
#pragma once

#include "tests/fakes/fake_service.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fake {

class session : public std::enable_shared_from_this<session> {
public:
  session(boost::asio::ip::tcp::socket socket, service& all,
          std::function<void()> controlled);

  void read();

private:
  using request_parser =
      boost::beast::http::request_parser<boost::beast::http::string_body>;

  http_request taken();
  void dispatch();
  void happen();
  void carry_out();
  void finish(const answer& reply);
  void write(const answer& reply);
  void write_text(std::string text, bool keep_open);
  void dribble(std::string text, std::size_t first, std::int64_t pause_ms);
  /// Goes on after `ms`, unless the service was reset meanwhile.
  void wait(std::int64_t ms, std::function<void()> then);
  void close();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  service& all_;
  std::function<void()> controlled_; ///< after every control call
  boost::beast::flat_buffer buffer_;
  std::optional<request_parser> parser_;
  incoming current_; ///< the request that is being served
  fault_plan plan_;  ///< and what is to happen to it
  std::string out_;
  std::uint64_t served_ = 0; ///< requests on this connection
  bool keep_alive_ = true;
};

} // namespace fake
