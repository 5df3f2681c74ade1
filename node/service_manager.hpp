// Tells a service manager, such as systemd, how the node is: the protocol of
// sd_notify(3), a datagram to the socket that the environment names.
// Must not know the engine or HTTP.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace holdfast {

class service_manager {
public:
  /// `socket`: a path, or an abstract name with '@' in front; empty: nobody
  /// wants to know. `watchdog`: how long it waits for a sign of life before it
  /// ends the node; 0: for ever.
  explicit service_manager(std::string socket,
                           std::chrono::microseconds watchdog = {});

  /// What NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID say. They are removed,
  /// so that nothing the node may start speaks in its name: call it before the
  /// first thread starts.
  static service_manager from_environment();

  /// Says e.g. "READY=1". What went wrong; empty: it is said, or nobody wants
  /// to know.
  std::string tell(std::string_view state) const;

  std::chrono::microseconds watchdog() const { return watchdog_; }

private:
  std::string socket_;
  std::chrono::microseconds watchdog_;
};

/// Signs of life for a service manager that wants them, from construction to
/// destruction, on a thread of their own: one in each third of its patience in
/// which the node was alive.
class signs_of_life {
public:
  /// `alive` blocks for as long as it is told at most. `warn` hears when it
  /// says no, or nothing could be told, and once more when all is well again.
  signs_of_life(const service_manager& to,
                std::function<bool(std::chrono::milliseconds within)> alive,
                std::function<void(const std::string&)> warn);
  ~signs_of_life();
  signs_of_life(const signs_of_life&) = delete;
  signs_of_life& operator=(const signs_of_life&) = delete;

private:
  void run();
  std::string give_one();

  const service_manager& to_;
  std::function<bool(std::chrono::milliseconds)> alive_;
  std::function<void(const std::string&)> warn_;
  std::mutex mutex_;
  std::condition_variable ending_;
  bool end_ = false;
  std::thread thread_; ///< none where nobody wants to know
};

} // namespace holdfast
