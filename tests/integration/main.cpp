// The doctest program that speaks to the real binary over HTTP. Ends the
// shared node with SIGTERM: a graceful stop is part of the contract.
#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  using namespace holdfast::test;
  try {
    binary();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  doctest::Context context{argc, argv};
  auto result = context.run();
  if (context.shouldExit())
    return result;
  auto code = stop_shared_node();
  if (code != 0) {
    std::fprintf(stderr, "the shared node ended with %d:\n%s\n", code,
                 shared_node().output().c_str());
    return 1;
  }
  return result;
}
