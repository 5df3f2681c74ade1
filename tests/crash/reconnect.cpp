#include "tests/crash/reconnect.hpp"

#include <chrono>
#include <thread>

namespace holdfast::test {

using namespace std::chrono_literals;

bool reconnect(std::unique_ptr<http_client>& http,
               const std::atomic<std::uint16_t>& port,
               const std::atomic<bool>& aborted) {
  while (!http && !aborted) {
    try {
      http = std::make_unique<http_client>(port, 10s);
      http->connect();
    } catch (const connection_lost&) {
      http.reset();
      std::this_thread::sleep_for(1ms); // refused at once: not a busy loop
    }
  }
  return http != nullptr;
}

} // namespace holdfast::test
