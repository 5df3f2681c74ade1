// Work handed to one thread by others, woken once per batch.
// Must not know what the thread waits on, HTTP or CAF.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace holdfast {

/// Outlives the thread it feeds: after `close` tasks are dropped.
class task_queue {
public:
  /// `wake` makes the thread call `drain` soon. Called from any thread.
  explicit task_queue(std::function<void()> wake);

  /// Hands over a task. Any thread.
  void post(std::function<void()> task);

  /// True on the thread that called `attach`.
  bool on_thread() const;

  /// Makes the calling thread the one that drains.
  void attach();

  /// Runs what was posted so far. On the thread only.
  void drain();

  /// Drops what was posted and everything that will be. `wake` is not called
  /// once this has returned.
  void close();

private:
  std::function<void()> wake_;
  std::atomic<std::thread::id> owner_{};
  std::mutex guard_;
  std::vector<std::function<void()>> tasks_;
  bool closed_ = false;
};

} // namespace holdfast
