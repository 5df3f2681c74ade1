// A receiver of webhooks as a child process, and what it received.
// docs/testing.md lists faults and calls.
// Must not know the node.
#pragma once

#include "tests/support/fake_process.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::test {

/// Found by HOLDFAST_FAKE_WEBHOOK. `port` 0 takes a free one.
class fake_webhook : public fake_process {
public:
  explicit fake_webhook(std::uint16_t port = 0);

  std::string hook_url() const; ///< `http://127.0.0.1:PORT/hook`

  /// What it kept, in order: `{seq, method, path, headers, body, atMs}`, names
  /// of headers in lower case.
  std::vector<json> received() const;

  /// How many requests arrived, kept or not.
  std::uint64_t requests() const;
};

} // namespace holdfast::test
