// Reports of positions over HTTP, as tests make them.
#pragma once

#include "gateway/problem.hpp"
#include "tests/unit/contains.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace holdfast::test {

using nlohmann::json;

/// A position with what it must have, and `more`.
inline json position(const std::string& id, const json& more = json::object()) {
  json out{{"accountId", "acc-1"}, {"positionId", id}, {"symbol", "EURUSD"},
           {"type", "BUY"},        {"volume", "0.1"},  {"openPrice", "1.1"}};
  out.update(more);
  return out;
}

struct positions_world : gateway_world {
  using gateway_world::gateway_world;

  raw_answer report(const json& body) {
    return call("POST", "/v1/positions", body.dump());
  }

  /// The rows of an answer that must be 200.
  json rows(const raw_answer& answer) {
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    auto body = json::parse(answer.body);
    REQUIRE(body.size() == 1);
    return body.at("results");
  }

  raw_answer snapshot(const json& positions,
                      const json& more = json::object()) {
    json body{{"accountId", "acc-1"}, {"positions", positions}};
    body.update(more);
    return call("POST", "/v1/positions/snapshot", body.dump());
  }
};

inline constexpr auto signal_text = "signal-5f3a9c1e-3";

} // namespace holdfast::test
