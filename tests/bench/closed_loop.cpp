#include "bench/closed_loop.hpp"

#include <stdexcept>

namespace holdfast::bench {

namespace {

constexpr int answer_ms_max = 10'000;

} // namespace

closed_loop::closed_loop(const endpoint& node, std::size_t clients)
    : begun_(clients) {
  for (std::size_t i = 0; i < clients; ++i) {
    lines_.emplace_back(node);
    polled_.push_back({lines_.back().fd(), POLLIN, 0});
  }
}

burst closed_loop::post(std::uint64_t requests, const std::string& path,
                        const body_fn& body, const check_fn& check) {
  burst result;
  auto begin = clock::now();
  auto left = requests;
  std::uint64_t under_way = 0;
  for (std::size_t i = 0; i < lines_.size() && left > 0; ++i, --left) {
    ask(i, path, body);
    ++under_way;
  }
  while (under_way > 0) {
    if (poll(polled_.data(), polled_.size(), answer_ms_max) <= 0)
      throw std::runtime_error{"nothing was answered in ten seconds"};
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (polled_[i].revents == 0 || !lines_[i].take())
        continue;
      result.each.add(clock::now() - begun_[i]);
      check(lines_[i].answer());
      if (left > 0) {
        --left;
        ask(i, path, body);
      } else {
        --under_way;
      }
    }
  }
  result.seconds = seconds(clock::now() - begin);
  return result;
}

void closed_loop::ask(std::size_t client, const std::string& path,
                      const body_fn& body) {
  auto text = body(client);
  begun_[client] = clock::now();
  auto& line = lines_[client];
  line.ask("POST", path, text);
  if (line.flush())
    return;
  pollfd room{line.fd(), POLLOUT, 0};
  while (!line.flush())
    if (poll(&room, 1, answer_ms_max) <= 0)
      throw std::runtime_error{"a socket takes nothing for ten seconds"};
}

} // namespace holdfast::bench
