// Asking for locks, alone and in batches.
// Must not know Boost or how locks are decided.
#include "gateway/key_fields.hpp"
#include "gateway/routes.hpp"

#include <algorithm>
#include <array>

namespace holdfast {

namespace {

constexpr std::size_t batch_max = 256;

constexpr std::array<std::string_view, 11> acquire_members{
    "resourceId",      "ownerId",  "ownerType", "transactionType",
    "transactionData", "priority", "timeoutMs", "maxRetries",
    "idempotencyKey",  "onLocked", "waitMs",
};

std::variant<acquire_lock, problem> read_acquire(std::string_view json,
                                                 const gateway_options& options,
                                                 const std::string& key = {}) {
  body_fields body{
      json, {options.json_depth_max}, acquire_members, "The request"};
  if (body.refusal())
    return *body.refusal();
  acquire_lock cmd;
  std::optional<problem> refusal;
  cmd.resource = body.required_text("resourceId");
  cmd.owner_id = body.required_text("ownerId");
  body.choice("ownerType", "user, system, workflow", cmd.owner);
  body.choice("transactionType", "trade, cancel, update, signal", cmd.type);
  if (!body.is_null("transactionData"))
    cmd.data = body.json("transactionData");
  cmd.priority =
      static_cast<std::uint8_t>(body.integer("priority", 1, 10, cmd.priority));
  cmd.timeout_ms =
      body.integer("timeoutMs", 1, options.timeout_max_ms, cmd.timeout_ms);
  cmd.max_retries = body.integer("maxRetries", 0, 100, cmd.max_retries);
  cmd.idempotency_key = merge_keys(body, key, refusal);
  body.choice("onLocked", "reject, queue, wait", cmd.otherwise);
  cmd.wait_ms = body.integer("waitMs", 1, wait_max_ms, cmd.wait_ms);
  if (body.refusal())
    return *body.refusal();
  if (refusal)
    return *refusal;
  return cmd;
}

http_response
to_acquire_response(const answer_or_problem<acquire_answer>& result) {
  if (auto* refused = std::get_if<problem>(&result))
    return to_response(*refused);
  auto& answer = std::get<acquire_answer>(result);
  switch (answer.outcome) {
  case acquire_outcome::granted: {
    auto out = json_response(201, to_json(answer));
    out.headers.push_back(
        {"Location", "/v1/locks/" + to_string(answer.lock.id)});
    return out;
  }
  case acquire_outcome::replayed: {
    auto out = json_response(200, to_json(answer));
    out.headers.push_back({"Idempotent-Replayed", "true"});
    return out;
  }
  case acquire_outcome::queued:
    break;
  }
  auto out = json_response(202, to_json(answer));
  out.headers.push_back(
      {"Location", "/v1/queue/" + to_string(answer.entry.record.id)});
  return out;
}

problem caller_is_gone() {
  problem what;
  what.code = errc::cancelled;
  what.detail = "The caller hung up before it heard of the grant.";
  return what;
}

/// Gives back a lock that was granted to nobody. If that fails the lease ends
/// it; nobody is left who could be told.
void give_back(actor_bridge& bridge, const locks_actor& locks,
               const lock_record& lock) {
  release_lock cmd;
  cmd.resource = lock.work.resource;
  cmd.id = lock.id;
  cmd.token = lock.token();
  cmd.failed = true;
  cmd.error = "the caller hung up before it heard of the grant";
  bridge.request(locks, std::move(cmd),
                 [](const answer_or_problem<lock_record>&) {});
}

/// Carries out one acquire; `then` hears what the single call answers. `watch`
/// is needed when `cmd` waits.
void carry_out(const api_call& call, acquire_lock cmd,
               const std::shared_ptr<caller_watch>& watch,
               std::function<void(http_response)> then) {
  auto& bridge = call.bridge();
  auto& locks = call.api.locks;
  bool waits = cmd.otherwise == when_locked::wait;
  if (waits) {
    cmd.caller = call.api.next_caller();
    watch->when_gone(
        [&bridge, &locks, gone = abandon_wait{cmd.resource, cmd.caller}] {
          bridge.tell(locks, gone);
        });
  }
  bridge.request(locks, std::move(cmd),
                 [&bridge, &locks, watch, waits, then = std::move(then)](
                     answer_or_problem<acquire_answer> result) {
                   auto* answer = std::get_if<acquire_answer>(&result);
                   if (waits && watch->gone() && answer != nullptr &&
                       answer->outcome == acquire_outcome::granted) {
                     give_back(bridge, locks, answer->lock);
                     result = caller_is_gone();
                   }
                   then(to_acquire_response(result));
                 });
}

/// What a wait adds to the time an answer may take.
void allow_wait(const api_call& call, std::int64_t wait_ms) {
  call.answer.answer_within(std::chrono::milliseconds{wait_ms} +
                            call.api.options.limits.answer_timeout);
}

/// One request of a batch; or what it is answered, if it is refused at once.
using batched_request = std::variant<acquire_lock, http_response>;

/// A batch under way: the answers so far, in the order of the requests.
struct batch {
  std::vector<http_response> results;
  std::size_t missing = 0;
};

std::string batch_json(const batch& all) {
  std::string out;
  json_writer to{out};
  to.begin_object().key("results").begin_array();
  for (auto& result : all.results)
    to.begin_object()
        .member("status", result.status)
        .raw_member("body", result.body)
        .end_object();
  to.end_array().end_object();
  return out;
}

/// The requests of a batch, or why there are none.
std::variant<std::vector<json_element>, problem>
read_batch(const http_request& request) {
  static constexpr std::array<std::string_view, 1> members{"requests"};
  if (request.count("Idempotency-Key") > 0)
    return invalid_request("A batch takes no header Idempotency-Key: give each "
                           "request an idempotencyKey of its own.");
  body_fields body{request.body, {batch_depth_max}, members};
  auto array = body.refusal() ? "" : body.required_array("requests");
  if (body.refusal())
    return *body.refusal();
  std::vector<json_element> elements;
  std::string why;
  if (!split_elements(array, {batch_depth_max}, elements, why))
    return invalid_request("requests is " + why + ".");
  if (elements.empty() || elements.size() > batch_max)
    return invalid_request("requests has " + std::to_string(elements.size()) +
                           " elements; expected 1 to " +
                           std::to_string(batch_max) + ".");
  return elements;
}

/// Refused is what the single call would refuse, its size included.
batched_request read_batched(const api_call& call, std::string_view json) {
  auto& options = call.api.options;
  if (json.size() > options.body_bytes_max)
    return to_response(http_fault::too_large,
                       "A request of a batch may have " +
                           std::to_string(options.body_bytes_max) +
                           " bytes, as a single one; this one has " +
                           std::to_string(json.size()) + ".");
  auto request = read_acquire(json, options);
  if (auto* refused = std::get_if<problem>(&request))
    return to_response(*refused);
  auto& cmd = std::get<acquire_lock>(request);
  if (auto why = call.check_owner(cmd.owner_id))
    return to_response(*why);
  return std::move(cmd);
}

void carry_out_batch(const api_call& call,
                     std::vector<batched_request> requests) {
  std::int64_t wait_ms = -1;
  for (auto& request : requests)
    if (auto* cmd = std::get_if<acquire_lock>(&request);
        cmd != nullptr && cmd->otherwise == when_locked::wait)
      wait_ms = std::max(wait_ms, cmd->wait_ms);
  std::shared_ptr<caller_watch> watch;
  if (wait_ms >= 0) {
    watch = caller_watch::over(call.answer);
    allow_wait(call, wait_ms);
  }
  auto all = std::make_shared<batch>();
  all->results.resize(requests.size());
  all->missing = requests.size();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    auto settle = [all, i, reply = call.answer](http_response result) {
      all->results[i] = std::move(result);
      if (--all->missing == 0)
        reply(json_response(200, batch_json(*all)));
    };
    if (auto* refused = std::get_if<http_response>(&requests[i]))
      settle(std::move(*refused));
    else
      carry_out(call, std::get<acquire_lock>(std::move(requests[i])), watch,
                settle);
  }
}

} // namespace

void acquire_one(api_call& call) {
  std::optional<problem> refusal;
  auto key = header_key(call.request, refusal);
  if (refusal)
    return call.refuse(*refusal);
  auto request = read_acquire(call.request.body, call.api.options, key);
  if (auto* refused = std::get_if<problem>(&request))
    return call.refuse(*refused);
  auto& cmd = std::get<acquire_lock>(request);
  if (auto why = call.check_owner(cmd.owner_id))
    return call.refuse(*why);
  std::shared_ptr<caller_watch> watch;
  if (cmd.otherwise == when_locked::wait) {
    watch = caller_watch::over(call.answer);
    allow_wait(call, cmd.wait_ms);
  }
  carry_out(call, std::move(cmd), watch, call.answer);
}

void acquire_batch(api_call& call) {
  auto elements = read_batch(call.request);
  if (auto* refused = std::get_if<problem>(&elements))
    return call.refuse(*refused);
  std::vector<batched_request> requests;
  for (auto& element : std::get<std::vector<json_element>>(elements))
    requests.push_back(read_batched(call, element.value));
  carry_out_batch(call, std::move(requests));
}

} // namespace holdfast
