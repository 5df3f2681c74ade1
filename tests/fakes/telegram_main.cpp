// The program fake_telegram: chats for tests that are written in over the Bot
// API, and can be made to fail in every way. See docs/testing.md.
// Must not know any code of Holdfast, whose adapter it checks.
#include "tests/fakes/fake_main.hpp"
#include "tests/fakes/telegram_service.hpp"

int main(int argc, char** argv) {
  return fake::run_fake(
      "fake_telegram", argc, argv, {{"--token", "1234567:test-token"}},
      [](const fake::option_values& given, std::uint64_t seed) {
        return std::make_unique<fake::telegram_service>(given.at("--token"),
                                                        seed);
      });
}
