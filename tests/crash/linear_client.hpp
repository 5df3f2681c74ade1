// The calls on a lock over HTTP, each written down for the check of histories.
// Must not judge an answer: what it does not know it records as `other`.
#pragma once

#include "tests/history/recorder.hpp"
#include "tests/support/http_client.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace holdfast::test {

/// What makes an acquire the same acquire. Without a key the owner is of this
/// transaction alone, and names it.
struct errand {
  std::string resource;
  std::string key; ///< empty: a plain mutex
  std::string owner;
  int priority = 5;
  int lease_ms = 300;

  const std::string& name() const { return key.empty() ? owner : key; }
};

/// One connection's worth of calls. Every call answers what was recorded; its
/// `answer` is `none` when the connection broke, or the node could not say.
class linear_client {
public:
  linear_client(linear::recorder& record,
                const std::atomic<std::uint16_t>& port,
                const std::atomic<bool>& aborted, int number);

  linear::operation acquire(const errand& what, bool queue);
  linear::operation renew(const errand& what, const std::string& lock,
                          std::uint64_t token, int lease_ms);
  /// `content` is `result JSON` or `error TEXT`.
  linear::operation release(const errand& what, const std::string& lock,
                            std::uint64_t token, const std::string& content);
  linear::operation force(const errand& what, const std::string& lock);
  linear::operation cancel(const errand& what, const std::string& entry);
  linear::operation read_lock(const errand& what, const std::string& lock);
  linear::operation read_entry(const errand& what, const std::string& entry,
                               int wait_ms);
  linear::operation read_resource(const std::string& resource);

private:
  linear::operation asked(linear::call kind, const errand& what) const;
  linear::operation send(linear::operation asked, const std::string& method,
                         const std::string& target, const json& body = {});

  linear::recorder& record_;
  const std::atomic<std::uint16_t>& port_;
  const std::atomic<bool>& aborted_;
  int number_;
  std::unique_ptr<http_client> http_;
};

} // namespace holdfast::test
