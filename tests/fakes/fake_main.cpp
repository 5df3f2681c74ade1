// Options, signals, and the line that says where the fake listens.
// Must not know calls.
#include "tests/fakes/fake_main.hpp"

#include "tests/fakes/fake_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>

namespace fake {

namespace {

template <class T>
T number(const std::string& name, const std::string& text) {
  T value{};
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end)
    throw std::invalid_argument(name + " needs a number, not " + text);
  return value;
}

/// Overwrites the defaults in `values`.
void parse(int argc, char** argv, option_values& values) {
  for (int i = 1; i < argc; i += 2) {
    std::string name = argv[i];
    if (!values.contains(name))
      throw std::invalid_argument("there is no option " + name);
    if (i + 1 == argc)
      throw std::invalid_argument(name + " needs a value");
    values[name] = argv[i + 1];
  }
}

void serve(const std::string& port, service& all) {
  boost::asio::io_context context{1};
  server listening{context, all, number<std::uint16_t>("--port", port)};
  boost::asio::signal_set ended{context, SIGTERM, SIGINT};
  ended.async_wait([&](auto, int) { context.stop(); });
  std::printf("listening on 127.0.0.1:%u\n", unsigned{listening.port()});
  std::fflush(stdout);
  context.run();
}

} // namespace

int run_fake(const std::string& name, int argc, char** argv,
             const option_list& own, const service_maker& make) {
  option_list all{{"--port", "0"}, {"--seed", "1"}};
  all.insert(all.end(), own.begin(), own.end());
  try {
    option_values values{all.begin(), all.end()};
    parse(argc, argv, values);
    auto seed = number<std::uint64_t>("--seed", values["--seed"]);
    serve(values["--port"], *make(values, seed));
    return 0;
  } catch (const std::exception& error) {
    std::string usage;
    for (const auto& [option, value] : all)
      usage += " [" + option + " " + value + "]";
    std::fprintf(stderr, "%s: %s\nusage: %s%s\n", name.c_str(), error.what(),
                 name.c_str(), usage.c_str());
    return 2;
  }
}

} // namespace fake
