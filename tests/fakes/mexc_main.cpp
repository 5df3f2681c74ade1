// The program fake_mexc: an exchange for tests that speaks MEXC's API over
// real HTTP, and can be made to fail in every way. See docs/testing.md.
// Must not know any code of Holdfast, whose adapter it checks.
#include "tests/fakes/mexc_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

namespace {

struct options {
  std::uint16_t port = 0;
  fake::credentials who{"test-key", "test-secret"};
  std::uint64_t seed = 1;
};

template <class T>
T number(const std::string& name, const std::string& text) {
  T value{};
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end)
    throw std::invalid_argument(name + " needs a number, not " + text);
  return value;
}

options parse(int argc, char** argv) {
  options result;
  for (int i = 1; i < argc; i += 2) {
    std::string name = argv[i];
    if (i + 1 == argc)
      throw std::invalid_argument(name + " needs a value");
    std::string value = argv[i + 1];
    if (name == "--port")
      result.port = number<std::uint16_t>(name, value);
    else if (name == "--seed")
      result.seed = number<std::uint64_t>(name, value);
    else if (name == "--api-key")
      result.who.api_key = value;
    else if (name == "--secret")
      result.who.secret = value;
    else
      throw std::invalid_argument("there is no option " + name);
  }
  return result;
}

} // namespace

int main(int argc, char** argv) {
  try {
    auto chosen = parse(argc, argv);
    boost::asio::io_context context{1};
    fake::service all{chosen.who, chosen.seed};
    fake::server server{context, all, chosen.port};
    boost::asio::signal_set ended{context, SIGTERM, SIGINT};
    ended.async_wait([&](auto, int) { context.stop(); });
    std::printf("listening on 127.0.0.1:%u\n", unsigned{server.port()});
    std::fflush(stdout);
    context.run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr,
                 "fake_mexc: %s\nusage: fake_mexc [--port 0] [--api-key "
                 "test-key] [--secret test-secret] [--seed 1]\n",
                 error.what());
    return 2;
  }
}
