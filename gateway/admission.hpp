// Judges every request by its head: whose it is, and whether it may pass.
// Internal to the gateway; must not know CAF, Boost or what a call does.
#pragma once

#include "gateway/access.hpp"
#include "gateway/gateway.hpp"
#include "gateway/origin_rule.hpp"
#include "gateway/rate_limit.hpp"

#include <memory>
#include <mutex>
#include <optional>

namespace holdfast {

/// In this order: is this node meant (403), may this page ask (403), whose
/// token is it (401), does it ask too often (429), is its scope enough (403).
/// Thread-safe.
class admission {
public:
  explicit admission(const gateway_options& options);

  /// Sets the caller of `request`; answers why it is refused, if so. The work
  /// is bounded, whatever the request holds: one hash of at most
  /// `token_table::token_bytes_max` bytes, one comparison per token.
  std::optional<http_response> judge(http_request& request);

  /// Counts from the next request on. Null: every caller may do everything.
  void use_tokens(std::shared_ptr<const token_table> tokens);

private:
  std::shared_ptr<const token_table> tokens() const;

  const origin_rule origin_;
  const identity_ptr nobody_; ///< asks for what needs no token
  const identity_ptr local_;  ///< everybody, where there are no tokens
  rate_limit rate_;
  mutable std::mutex guard_;
  std::shared_ptr<const token_table> tokens_;
};

} // namespace holdfast
