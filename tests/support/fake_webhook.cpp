// Control calls of the fake webhook alone.
// Must not know the node.
#include "tests/support/fake_webhook.hpp"

namespace holdfast::test {

fake_webhook::fake_webhook(std::uint16_t port)
    : fake_process("HOLDFAST_FAKE_WEBHOOK", {"--port", std::to_string(port)}) {}

std::string fake_webhook::hook_url() const { return url() + "/hook"; }

std::vector<json> fake_webhook::received() const {
  return call("GET", "/fake/received")["received"];
}

std::uint64_t fake_webhook::requests() const {
  return call("GET", "/fake/received")["requests"];
}

} // namespace holdfast::test
