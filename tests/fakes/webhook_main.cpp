// The program fake_webhook: takes what is posted to it and shows it to a test.
// See docs/testing.md.
// Must not know any code of Holdfast, whose adapter it checks.
#include "tests/fakes/fake_main.hpp"
#include "tests/fakes/webhook_service.hpp"

int main(int argc, char** argv) {
  return fake::run_fake("fake_webhook", argc, argv, {},
                        [](const fake::option_values&, std::uint64_t seed) {
                          return std::make_unique<fake::webhook_service>(seed);
                        });
}
