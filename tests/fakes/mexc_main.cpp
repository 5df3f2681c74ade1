// The program fake_mexc: an exchange for tests that speaks MEXC's API over
// real HTTP, and can be made to fail in every way. See docs/testing.md.
// Must not know any code of Holdfast, whose adapter it checks.
#include "tests/fakes/fake_main.hpp"
#include "tests/fakes/mexc_service.hpp"

int main(int argc, char** argv) {
  return fake::run_fake(
      "fake_mexc", argc, argv,
      {{"--api-key", "test-key"}, {"--secret", "test-secret"}},
      [](const fake::option_values& given, std::uint64_t seed) {
        fake::credentials who{given.at("--api-key"), given.at("--secret")};
        return std::make_unique<fake::mexc_service>(who, seed);
      });
}
