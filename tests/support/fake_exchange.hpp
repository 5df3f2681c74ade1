// The fake exchange as a child process, and its control calls: what a test
// sets, and the book it judges by. docs/testing.md lists faults and calls.
// Must not know the node.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace holdfast::test {

using json = nlohmann::json;

struct fake_config {
  std::string api_key = "test-key";
  std::string secret = "test-secret";
};

/// Starts when it is made; ends with this object. Its control calls may be
/// made from any thread, and throw std::runtime_error with the exchange's own
/// words when it refuses them.
class fake_exchange {
public:
  /// @throws std::runtime_error when HOLDFAST_FAKE_MEXC does not name the
  /// program, or it does not say where it listens
  explicit fake_exchange(fake_config config = {});
  ~fake_exchange();
  fake_exchange(const fake_exchange&) = delete;
  fake_exchange& operator=(const fake_exchange&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const; ///< `http://127.0.0.1:PORT`
  const fake_config& config() const { return config_; }

  /// `{orders: […], requests: {…}, refused: {…}}`
  json book() const;

  /// The orders with this client order id, oldest first: at most one, if
  /// nobody sent twice.
  std::vector<json> orders_of(const std::string& client_order_id) const;

  /// Appends rules: an array of `{on, fault, …}`, or one of them. Returns
  /// those that are left.
  json faults(const json& rules);
  json faults_left() const;
  void clear_faults();

  /// `{seed, perMille, faults, ms?}`
  void chaos(const json& settings);

  /// How far the exchange's clock is ahead of the machine's.
  void clock(std::chrono::milliseconds offset);

  /// `{prices?, balances?, fill?, fillDelayMs?}`; the rest stays.
  void market(const json& changes);

  /// Fills a resting order, all of it without a `quantity`; returns it.
  json fill(const std::string& client_order_id,
            const std::string& quantity = {});

  /// Replaces the list of exchangeInfo.
  void symbols(const json& list);

  /// Everything anew: book, counters, faults, clock, market, symbols.
  void reset();

  /// Refuses connections for a while and breaks those that are used; the book
  /// stays. Control calls wait for its end.
  void away(std::chrono::milliseconds how_long);

  void freeze(); ///< SIGSTOP
  void thaw();   ///< SIGCONT

  pid_t pid() const { return pid_; }

private:
  json call(const std::string& method, const std::string& target,
            const json& body = nullptr) const;
  void await_port(int output);
  void end();

  fake_config config_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

} // namespace holdfast::test
