// One seed is one run: two processes tell the same, byte for byte.
// Must not know how the node is built: only the contract's words.
#include "tests/support/node_process.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast::test;

namespace {

/// The lines of each step; how long it took is told after them.
std::string trace_of(const std::string& seed) {
  auto run = run_binary({"simulate", "--workload", "mixed", "--seed", seed,
                         "--steps", "2000", "--trace"});
  CHECK(run.exit_code == 0);
  auto end = run.output.find("\nmixed: ");
  REQUIRE(end != std::string::npos);
  return run.output.substr(0, end);
}

} // namespace

TEST_CASE("a seed has the same trace in every process, and another seed has "
          "another") {
  auto first = trace_of("7");
  CHECK(first.size() > 50'000);
  CHECK(first == trace_of("7"));
  CHECK(first != trace_of("8"));
}
