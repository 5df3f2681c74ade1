// Work handed to one thread by others, woken once per batch.
// Must not know what the thread waits on, HTTP or CAF.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace holdfast {

/// Outlives the thread it feeds: after `close` tasks are dropped.
class task_queue {
public:
  using task = std::function<void()>;
  using delay = std::chrono::microseconds;

  /// `wake` makes the thread call `drain` soon. Called from any thread.
  /// `later`, which may be empty, is who keeps `post_after`.
  explicit task_queue(std::function<void()> wake,
                      std::function<void(delay, task)> later = {});

  /// Hands over a task. Any thread.
  void post(std::function<void()> task);

  /// Runs a task when that time is over, unless the thread ends before. On the
  /// thread only.
  void post_after(delay time, task what);

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
  std::function<void(delay, task)> later_;
  std::atomic<std::thread::id> owner_{};
  std::mutex guard_;
  std::vector<std::function<void()>> tasks_;
  bool closed_ = false;
};

} // namespace holdfast
