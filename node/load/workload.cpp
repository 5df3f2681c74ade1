#include "node/load/workload.hpp"

#include <string>

namespace holdfast::bench {

acquire_lock acquire_of(const workload& what, std::size_t client,
                        std::uint64_t n) {
  acquire_lock cmd;
  cmd.resource = what.prefix + std::to_string(what.one_key ? 0 : client);
  cmd.owner_id = "client-" + std::to_string(client);
  cmd.timeout_ms = what.lease_ms;
  if (what.keyed) {
    cmd.idempotency_key =
        "order-" + std::to_string(client) + "-" + std::to_string(n);
    cmd.data = R"({"symbol":"BTCUSDT","side":"BUY","type":"LIMIT",)"
               R"("quantity":"0.001","price":"65000.50"})";
  }
  if (what.one_key) {
    cmd.otherwise = when_locked::wait;
    cmd.wait_ms = 300'000;
    cmd.caller = client + 1;
  }
  return cmd;
}

std::string trade_of(const workload& what, std::size_t client,
                     std::uint64_t n) {
  auto who = std::to_string(client);
  return R"({"symbol":"BTCUSDT","side":"BUY","type":"LIMIT",)"
         R"("quantity":"0.001","price":"65000.50","ownerId":"client-)" +
         who + R"(","snipeTargetId":")" + (what.one_key ? "0" : who) +
         R"(","idempotencyKey":"order-)" + who + '-' + std::to_string(n) +
         "\"}";
}

} // namespace holdfast::bench
