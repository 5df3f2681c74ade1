// Part of every test program: ends it shortly before ctest would, by a signal
// that doctest catches, so that a test case that hangs is named.
#include <csignal>
#include <cstdlib>
#include <unistd.h>

namespace {

[[maybe_unused]] const bool limited = [] {
  const auto* seconds = std::getenv("HOLDFAST_TEST_SECONDS");
  if (!seconds)
    return false;
  std::signal(SIGALRM, [](int) { std::abort(); });
  alarm(static_cast<unsigned>(std::strtoul(seconds, nullptr, 10)));
  return true;
}();

} // namespace
