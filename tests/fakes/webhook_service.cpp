// Checks nothing: a test checks what was kept.
// Must not know sockets.
#include "tests/fakes/webhook_service.hpp"

#include "tests/fakes/fake_clock.hpp"

namespace fake {

namespace {

/// How a webhook's faults are called, and what a rule may say.
const fault_words& webhook_words() {
  static const fault_words words{
      .calls = {"hook"},
      .faults = {{fault::status, "status"},
                 {fault::after_500, "500_after"},
                 {fault::drop_request, "drop_request"},
                 {fault::drop_response, "drop_response"},
                 {fault::hang_after, "hang", 30'000}},
      .matches = {{"contains", true}},
      .status = "code",
  };
  return words;
}

} // namespace

webhook_service::webhook_service(std::uint64_t seed)
    : service(webhook_words(), seed) {}

incoming webhook_service::arrived(const http_request& request) {
  ++requests_;
  return {
      {"hook", request.header("idempotency-key"), {{"contains", request.body}}},
      [this, request](const fault_plan&) { return keep(request); }};
}

answer webhook_service::keep(const http_request& request) {
  received_.push_back({{"seq", received_.size() + 1},
                       {"method", request.method},
                       {"path", request.target},
                       {"headers", request.headers},
                       {"body", request.body},
                       {"atMs", wall_ms()}});
  return {200, "{}"};
}

answer webhook_service::refused(const fault_plan& plan) {
  auto status = plan.what == fault::after_500 ? 500 : plan.status;
  return {status, R"({"error":"refused as the test wants"})"};
}

json webhook_service::show(std::string_view path) {
  if (path != "/fake/received")
    throw no_such_call{};
  return {{"received", received_}, {"requests", requests_}};
}

json webhook_service::change(std::string_view, const json&) {
  throw no_such_call{};
}

void webhook_service::start_anew() {
  received_ = json::array();
  requests_ = 0;
}

} // namespace fake
