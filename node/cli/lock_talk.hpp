// The calls of one lock's life, on one thread that also listens to signals.
// Must not know the command that runs under the lock.
#pragma once

#include "node/cli/lock_command.hpp"
#include "node/cli/wakeups.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace holdfast {

/// A request under way, or its answer.
struct pending_call {
  boot_time asked_at{0};
  std::optional<client_response> answer;
};

class lock_talk {
public:
  /// @throws std::invalid_argument as http_client does.
  explicit lock_talk(const lock_args& args);

  /// Lasts until granted, refused or given up on the other side.
  std::shared_ptr<pending_call> acquire();

  /// Reads the grant. @throws std::runtime_error when it is none.
  void take_grant(const std::string& body);

  std::shared_ptr<pending_call> renew(std::chrono::milliseconds timeout);
  /// `error` empty: the work succeeded.
  std::shared_ptr<pending_call> release(const std::string& error,
                                        std::chrono::milliseconds timeout);

  /// Waits until `call` is answered, a signal came, or `at` has passed;
  /// `call` may be null. Returns early now and then.
  void wait(const pending_call* call, boot_time at);

  signal_inbox& signals() { return signals_; }
  const std::string& lock_id() const { return lock_id_; }
  std::uint64_t token() const { return token_; }

private:
  std::shared_ptr<pending_call> send(client_request what);
  client_request about_lock(const char* verb, std::chrono::milliseconds timeout,
                            const std::string& more) const;

  const lock_args& args_;
  signal_inbox signals_;
  boot_alarm alarm_;
  http_client http_;
  std::string lock_id_;
  std::uint64_t token_ = 0;
};

} // namespace holdfast
