// What the tests over HTTP share: a node, a client that knows the lock calls,
// and checks of the shapes the contract gives.
// Must not know how the node is built: only the contract's words.
#pragma once

#include "tests/support/eventually.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/text.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace holdfast::test {

/// The node with default locks and limits that most tests share; started on
/// first use, started again if a test ended it.
node_process& shared_node();

/// Its exit code after SIGTERM; 0 when it never ran.
int stop_shared_node();

/// Waits until the wall clock has passed `timestamp` by `margin_ms`: the one
/// way to see what happens after the end of a lease nobody waits for.
void wait_until_past(const std::string& timestamp, int margin_ms = 20);

/// The body of an acquire: the two required fields and `more`.
json acquire_body(const std::string& resource, const std::string& owner,
                  const json& more = json::object());

/// A client that knows the calls of version 1.
class api {
public:
  explicit api(std::uint16_t port,
               std::chrono::milliseconds patience = std::chrono::seconds{30})
      : http(port, patience) {}

  http_response acquire(const std::string& resource, const std::string& owner,
                        const json& more = json::object());
  /// Only sends the acquire; `http.finish()` reads its answer.
  void begin_acquire(const std::string& resource, const std::string& owner,
                     const json& more = json::object());
  http_response renew(const json& lock, const json& more = json::object());
  http_response release(const json& lock, const json& more = json::object());
  http_response cancel(const std::string& entry_id);
  http_response force_release(const json& lock, const std::string& reason);

  /// The lock of an acquire that must be answered 201.
  json granted(const std::string& resource, const std::string& owner,
               const json& more = json::object());
  /// The entry of an acquire that must be answered 202.
  json queued(const std::string& resource, const std::string& owner,
              const json& more = json::object());
  json lock(const std::string& lock_id);
  json resource(const std::string& resource);
  /// The entry as it is, or after its status left "waiting" within `wait_ms`.
  json entry(const std::string& entry_id, int wait_ms = 0);
  /// The lock a waiting entry gets, awaited by long poll.
  json promoted(const std::string& entry_id);
  /// Every item of a list, all pages; `target` may have a query.
  std::vector<json> all(const std::string& target);
  /// The journal of one resource, oldest first.
  std::vector<json> journal(const std::string& resource);
  std::vector<std::string> journal_kinds(const std::string& resource);
  /// The dead letters of one resource.
  std::vector<json> dead_letters(const std::string& resource);

  http_client http;
};

/// A test on the shared node with a resource of its own.
struct on_shared_node {
  api node{shared_node().port()};
  std::string resource = unique("trade:BTCUSDT");

  /// Another connection.
  api other() const { return api{shared_node().port()}; }
};

/// A test on a node of its own.
struct on_own_node {
  explicit on_own_node(node_config config = {}) : process(std::move(config)) {
    process.start();
  }
  api client() const { return api{process.port()}; }

  node_process process;
  std::string resource = unique("trade:ETHUSDT");
};

/// Waits until `count` entries wait for `resource`.
bool waiting(api& node, const std::string& resource, std::size_t count);

/// Checks status, media type and all members of an RFC 9457 problem.
void check_problem(http_response answer, int status, const std::string& code);

/// `check_problem` and that `detail` names every one of `words`.
void check_problem_naming(http_response answer, int status,
                          const std::string& code,
                          const std::vector<std::string>& words);

/// Expects exit code 2 and all of `words`, with and without --check-config.
void check_config_refused(const std::string& toml,
                          const std::vector<std::string>& words);

/// Checks every member the contract gives a lock.
void check_lock_shape(json lock);

} // namespace holdfast::test
