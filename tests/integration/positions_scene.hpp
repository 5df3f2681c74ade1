// Positions as the tests report them, and what became of them.
// Must not know how the node is built: only the contract's words.
#pragma once

#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace holdfast::test {

/// An account of a node, and a client that reports its positions.
struct account {
  explicit account(std::uint16_t port, std::string name = unique("acc"))
      : id(std::move(name)), node(port) {}

  /// A position with all that is needed, and `more`.
  json position(const std::string& position_id,
                const json& more = json::object()) const {
    json out{{"accountId", id},    {"positionId", position_id},
             {"symbol", "EURUSD"}, {"type", "BUY"},
             {"volume", "0.1"},    {"openPrice", "1.1"}};
    out.update(more);
    return out;
  }

  json close_of(const std::string& position_id,
                const json& more = json::object()) const {
    auto out = position(position_id, {{"event", "closed"}});
    out.update(more);
    return out;
  }

  /// The rows of an answer that must be 200.
  std::vector<json> rows(const http_response& answer) const {
    INFO("answered ", answer.status, " ", answer.text.substr(0, 500));
    REQUIRE(answer.status == 200);
    return answer.body.at("results").get<std::vector<json>>();
  }

  std::vector<json> report(const json& body) {
    return rows(node.http.post("/v1/positions", body));
  }

  /// The one row of one report.
  json report_one(const json& body) {
    auto found = report(body);
    REQUIRE(found.size() == 1);
    return found[0];
  }

  /// The outcome of a report of a position with `more`.
  std::string outcome(const std::string& position_id,
                      const json& more = json::object()) {
    return report_one(position(position_id, more)).at("outcome");
  }

  std::vector<json> snapshot(const std::vector<json>& positions,
                             const json& more = json::object()) {
    json body{{"accountId", id}, {"positions", positions}};
    body.update(more);
    return rows(node.http.post("/v1/positions/snapshot", body));
  }

  std::vector<json> signals(const std::string& filter = {}) {
    return node.all("/v1/signals?accountId=" + percent_encoded(id) + filter);
  }

  std::vector<json> positions(const std::string& filter = {}) {
    return node.all("/v1/positions?accountId=" + percent_encoded(id) + filter);
  }

  json signal(const std::string& signal_id) {
    auto answer = node.http.get("/v1/signals/" + signal_id);
    INFO("the signal: ", answer.text);
    REQUIRE(answer.status == 200);
    return answer.body;
  }

  /// The only signal of a position.
  json signal_of(const std::string& position_id) {
    std::vector<json> found;
    for (auto& one : signals())
      if (one.at("positionId") == position_id)
        found.push_back(one);
    REQUIRE(found.size() == 1);
    return found[0];
  }

  std::string id;
  api node;
};

struct on_shared_account : account {
  on_shared_account() : account(shared_node().port()) {}
};

} // namespace holdfast::test
