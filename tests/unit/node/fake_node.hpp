// A transport for tests: answers come when the test says, on its own clock.
#pragma once

#include "node/http_client.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace holdfast::test {

/// Answers every request `delay(request)` milliseconds after it was sent. The
/// clock moves only inside `poll`.
class fake_node : public http_transport {
public:
  std::function<client_response(const client_request&)> answer =
      [](const client_request&) {
        return client_response{200, "{}", "", false};
      };
  std::function<std::int64_t(const client_request&)> delay =
      [](const client_request&) { return std::int64_t{1}; };

  std::int64_t now = 1000;
  std::vector<std::string> sent; ///< "time target", time since the start
  std::vector<std::string> bodies;
  std::size_t most_under_way = 0;

  void send(client_request what, callback done) override {
    sent.push_back(std::to_string(now - 1000) + ' ' + what.target);
    bodies.push_back(what.body);
    under_way_.push_back({now + delay(what), what, std::move(done)});
    most_under_way = std::max(most_under_way, under_way_.size());
  }

  void poll(std::chrono::milliseconds at_most) override {
    auto next = std::min_element(under_way_.begin(), under_way_.end(),
                                 [](auto& a, auto& b) { return a.at < b.at; });
    auto until = now + at_most.count();
    if (next == under_way_.end() || next->at > until) {
      now = until;
      return;
    }
    now = std::max(now, next->at);
    auto x = std::move(*next);
    under_way_.erase(next);
    x.done(answer(x.request));
  }

private:
  struct item {
    std::int64_t at;
    client_request request;
    callback done;
  };
  std::vector<item> under_way_;
};

} // namespace holdfast::test
