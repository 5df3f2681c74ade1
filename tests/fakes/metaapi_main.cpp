// The program fake_metaapi: accounts for tests, with positions and deals as
// MetaApi shows them, and can be made to fail in every way. See
// docs/testing.md.
// Must not know any code of Holdfast, whose adapter it checks.
#include "tests/fakes/fake_main.hpp"
#include "tests/fakes/metaapi_service.hpp"

int main(int argc, char** argv) {
  return fake::run_fake(
      "fake_metaapi", argc, argv, {{"--token", "test-token"}},
      [](const fake::option_values& given, std::uint64_t seed) {
        return std::make_unique<fake::metaapi_service>(given.at("--token"),
                                                       seed);
      });
}
