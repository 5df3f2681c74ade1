// Judges every request by its head.
// Must not know CAF, Boost or what a call does.
#include "gateway/admission.hpp"

#include "gateway/problem.hpp"
#include "gateway/routes.hpp"

#include <chrono>
#include <utility>

namespace holdfast {

namespace {

identity_ptr make_identity(std::string name, scope level) {
  identity who;
  who.name = std::move(name);
  who.level = level;
  return std::make_shared<const identity>(std::move(who));
}

/// A probe knows the node by whatever name; what it learns is no secret.
bool asks_for_health(const route_row* row) {
  return row != nullptr && (row->call == show_alive || row->call == show_ready);
}

http_response forbidden(std::string why) {
  problem what;
  what.code = errc::forbidden;
  what.detail = std::move(why);
  return to_response(what);
}

http_response too_many(const std::string& name,
                       std::chrono::milliseconds again_in) {
  problem what;
  what.code = errc::rate_limited;
  what.detail = "'" + name + "' sends more requests than it is configured to.";
  what.retry_after_ms = again_in.count();
  return to_response(what);
}

/// The token of `Authorization: Bearer …` (RFC 6750); empty: there is none.
std::string_view bearer_token(const http_request& request) {
  constexpr std::string_view scheme = "Bearer ";
  auto* header = request.find("Authorization");
  if (header == nullptr || request.count("Authorization") > 1)
    return {};
  std::string_view value{*header};
  if (!equal_ignoring_case(value.substr(0, scheme.size()), scheme))
    return {};
  value.remove_prefix(scheme.size());
  while (value.starts_with(' '))
    value.remove_prefix(1);
  return value;
}

http_response unauthorized(const http_request& request) {
  return to_response(
      http_fault::unauthorized,
      request.count("Authorization") == 0
          ? "This call needs a token: Authorization: Bearer <token>."
          : "The header Authorization holds no token that this node knows; "
            "expected: Bearer <token>.");
}

} // namespace

admission::admission(const gateway_options& options)
    : origin_(options.hosts), nobody_(make_identity({}, scope::open)),
      local_(make_identity(local_name, scope::operate)), rate_(options.rate),
      tokens_(options.tokens) {}

std::shared_ptr<const token_table> admission::tokens() const {
  std::lock_guard lock{guard_};
  return tokens_;
}

void admission::use_tokens(std::shared_ptr<const token_table> tokens) {
  std::lock_guard lock{guard_};
  tokens_ = std::move(tokens);
}

std::optional<http_response> admission::judge(http_request& request) {
  request.caller = nobody_;
  auto* row = find_route(request.method, request.path);
  request.route = number_of(row);
  if (!asks_for_health(row))
    if (auto why = origin_.check_host(request))
      return forbidden(*std::move(why));
  auto needed = row != nullptr ? row->access : scope::open;
  auto known = tokens();
  // A page of another site cannot read what it asks for, nor does it have a
  // token: so where tokens are needed to look, looking does no harm.
  bool changes = request.method != "GET";
  if (changes || (needed != scope::open && !known))
    if (auto why = origin_.check_origin(request))
      return forbidden(*std::move(why));
  if (needed == scope::open)
    return std::nullopt;
  auto who = known ? known->find(bearer_token(request)) : local_;
  if (!who)
    return unauthorized(request);
  request.caller = who;
  if (auto again_in =
          rate_.take(who->name, row->vital, std::chrono::steady_clock::now()))
    return too_many(who->name, *again_in);
  if (!who->may(needed))
    return forbidden("This call needs the scope " +
                     std::string{to_string(needed)} + "; the token '" +
                     who->name + "' has " + std::string{to_string(who->level)} +
                     ".");
  return std::nullopt;
}

} // namespace holdfast
