// Makes one HTTP/1 request out of bytes as they come in.
// Must not know sockets, time or any route.
#pragma once

#include "gateway/http_types.hpp"
#include "gateway/problem.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace holdfast {

/// How large the body of a request to `method` and (raw) `path` may be.
using body_limit_function =
    std::function<std::size_t(std::string_view method, std::string_view path)>;

/// Reads HTTP/1.0 and 1.1 (RFC 9112). Refuses what two readers could take for
/// different requests: a length beside chunks, two lengths, an unknown
/// transfer encoding.
class http_parser {
public:
  enum class progress { need_more, done, refused };

  /// `body_limit` must outlive the parser.
  http_parser(std::size_t header_bytes_max,
              const body_limit_function& body_limit);
  ~http_parser();

  http_parser(const http_parser&) = delete;
  http_parser& operator=(const http_parser&) = delete;

  /// Reads on and answers how many of `bytes` were taken. Those that were not
  /// must stand in front of what comes next; after `done` they belong to the
  /// next request. Not after `done` or `refused`.
  std::size_t feed(std::string_view bytes);

  progress state() const { return state_; }

  /// Why the request is refused.
  const http_response& refusal() const { return refusal_; }

  /// The head is complete and was accepted.
  bool head_is_complete() const { return head_done_; }

  /// Once the head is complete:
  bool expects_continue() const { return expects_continue_; }
  bool keep_alive() const { return keep_alive_; }
  bool is_http_1_0() const { return http_1_0_; }
  bool is_head_request() const { return head_request_; }
  /// How many bytes the body can have at most, as far as is known by now.
  std::size_t body_bytes_max() const { return body_bytes_max_; }

  /// The request as far as it was read; its body only comes with `take`.
  http_request& request() { return request_; }

  /// The request; the parser is done then.
  http_request take();

private:
  struct impl;

  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  void finish_head();
  bool check_framing();
  void split_target(std::string_view target);
  void refuse(http_fault fault, std::string_view detail);
  void refuse_malformed(std::string_view detail);

  const std::size_t header_bytes_max_;
  const body_limit_function& body_limit_;
  std::unique_ptr<impl> impl_;
  progress state_ = progress::need_more;
  http_request request_;
  http_response refusal_;
  std::size_t head_bytes_ = 0;
  std::size_t body_bytes_max_ = 0;
  bool head_done_ = false;
  bool expects_continue_ = false;
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  bool head_request_ = false;
};

} // namespace holdfast
