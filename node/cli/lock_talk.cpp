#include "node/cli/lock_talk.hpp"

#include "messages/json_writer.hpp"

#include <algorithm>
#include <pwd.h>
#include <unistd.h>

namespace holdfast {

namespace {

using std::chrono::milliseconds;

std::string user_at_host() {
  auto user = getpwuid(getuid());
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) != 0)
    host[0] = '\0';
  return std::string{user ? user->pw_name : std::to_string(getuid())} + '@' +
         (host[0] != '\0' ? host : "localhost");
}

std::string acquire_body(const lock_args& args) {
  std::string body;
  json_writer to{body};
  to.begin_object()
      .member("resourceId", args.resource)
      .member("ownerId", args.owner.empty() ? user_at_host() : args.owner)
      .raw_member("priority", std::to_string(args.priority))
      .raw_member("timeoutMs", std::to_string(args.ttl.count()))
      .member("onLocked", args.no_wait ? "reject" : "wait");
  if (!args.no_wait)
    to.raw_member("waitMs", std::to_string(args.wait.count()));
  if (!args.idempotency_key.empty())
    to.member("idempotencyKey", args.idempotency_key);
  to.end_object();
  return body;
}

} // namespace

lock_talk::lock_talk(const lock_args& args)
    : args_(args), http_(to_access(args.client)) {
  http_.wake_on({signals_.fd(), alarm_.fd()});
}

std::shared_ptr<pending_call> lock_talk::send(client_request what) {
  auto call = std::make_shared<pending_call>();
  call->asked_at = boot_now();
  http_.send(std::move(what), [call](client_response answer) {
    call->answer = std::move(answer);
  });
  return call;
}

std::shared_ptr<pending_call> lock_talk::acquire() {
  constexpr milliseconds beyond_the_wait{35'000};
  client_request request;
  request.method = "POST";
  request.target = "/v1/locks";
  request.body = acquire_body(args_);
  request.timeout =
      (args_.no_wait ? milliseconds{0} : args_.wait) + beyond_the_wait;
  return send(std::move(request));
}

void lock_talk::take_grant(const std::string& body) {
  auto answer = parse_answer(body);
  if (!answer.is_object() || !answer.contains("lock"))
    throw std::runtime_error("the node's answer has no lock");
  lock_id_ = answer["lock"].at("lockId");
  token_ = answer["lock"].at("fencingToken");
}

client_request lock_talk::about_lock(const char* verb, milliseconds timeout,
                                     const std::string& more) const {
  client_request request;
  request.method = "POST";
  request.target = "/v1/locks/" + percent_encoded(lock_id_) + '/' + verb;
  request.body = "{\"fencingToken\":" + std::to_string(token_) + more + "}";
  request.timeout = timeout;
  return request;
}

std::shared_ptr<pending_call> lock_talk::renew(milliseconds timeout) {
  return send(about_lock("renew", timeout, {}));
}

std::shared_ptr<pending_call> lock_talk::release(const std::string& error,
                                                 milliseconds timeout) {
  std::string more = R"(,"result":{"exitStatus":0})";
  if (!error.empty()) {
    more = R"(,"error":)";
    append_json_string(more, error);
  }
  return send(about_lock("release", timeout, more));
}

void lock_talk::wait(const pending_call* call, boot_time at) {
  constexpr milliseconds now_and_then{1000};
  constexpr milliseconds soon{
      10}; // a moment that has passed is no reason to spin
  if (call && call->answer)
    return;
  alarm_.set(std::max<boot_time>(at, boot_now() + soon));
  http_.poll(now_and_then);
}

} // namespace holdfast
