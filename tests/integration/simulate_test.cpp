// One seed is one run: two processes tell the same, byte for byte.
// Must not know how the node is built: only the contract's words.
#include "tests/support/node_process.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast::test;

namespace {

std::string trace_of(const std::string& seed) {
  auto run = run_binary({"simulate", "--workload", "mixed", "--seed", seed,
                         "--steps", "2000", "--trace"});
  CHECK(run.exit_code == 0);
  return run.output;
}

} // namespace

TEST_CASE("a seed has the same trace in every process, and another seed has "
          "another") {
  auto first = trace_of("7");
  CHECK(first.size() > 50'000);
  CHECK(first == trace_of("7"));
  CHECK(first != trace_of("8"));
}
