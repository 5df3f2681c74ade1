// Work handed to one thread by others.
// Must not know what the thread waits on, HTTP or CAF.
#include "gateway/task_queue.hpp"

#include <utility>

namespace holdfast {

task_queue::task_queue(std::function<void()> wake,
                       std::function<void(delay, task)> later)
    : wake_(std::move(wake)), later_(std::move(later)) {}

void task_queue::post_after(delay time, task what) {
  later_(time, std::move(what));
}

void task_queue::post(std::function<void()> task) {
  std::lock_guard lock{guard_};
  if (closed_)
    return;
  tasks_.push_back(std::move(task));
  if (tasks_.size() == 1)
    wake_();
}

bool task_queue::on_thread() const {
  return std::this_thread::get_id() == owner_;
}

void task_queue::attach() { owner_ = std::this_thread::get_id(); }

void task_queue::drain() {
  std::vector<std::function<void()>> batch;
  {
    std::lock_guard lock{guard_};
    batch.swap(tasks_);
  }
  for (auto& task : batch)
    task();
}

void task_queue::close() {
  std::vector<std::function<void()>> dropped;
  std::lock_guard lock{guard_};
  closed_ = true;
  dropped.swap(tasks_);
}

} // namespace holdfast
