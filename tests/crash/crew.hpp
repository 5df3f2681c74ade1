// Clients on threads of their own.
// Must not know what they do.
#pragma once

#include <memory>
#include <thread>
#include <vector>

namespace holdfast::test {

/// Runs `Client{all, number}.run()` on a thread each; ends them when it goes.
/// `Shared` has the flags `stopping`: finish what is begun, and `aborted`: drop
/// everything.
template <class Shared, class Client>
class crew {
public:
  crew(Shared& all, int count) : all_(all) {
    for (int i = 1; i <= count; ++i)
      clients_.push_back(std::make_unique<Client>(all, i));
    for (auto& client : clients_)
      threads_.emplace_back([&client = *client] { client.run(); });
  }

  ~crew() {
    if (!threads_.empty())
      all_.aborted = true;
    join();
  }

  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

  /// Lets every client finish what it began.
  void finish() {
    all_.stopping = true;
    join();
  }

  const std::vector<std::unique_ptr<Client>>& clients() const {
    return clients_;
  }

private:
  void join() {
    for (auto& thread : threads_)
      thread.join();
    threads_.clear();
  }

  Shared& all_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::thread> threads_;
};

} // namespace holdfast::test
