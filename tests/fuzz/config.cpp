// Configuration: any text is read, or refused with problems that say where.
#include "node/config.hpp"

#include "tests/fuzz/fuzz.hpp"

#include <string>

using namespace holdfast;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  try {
    auto config = parse_config(text, "fuzz.toml");
    require(config.engine.locks.timeout_ms >= 1, "a limit is in its range");
  } catch (const config_error& e) {
    require(!e.problems.empty(), "an error has problems");
    for (const auto& problem : e.problems)
      require(problem.find("fuzz.toml") != std::string::npos,
              "a problem names its file");
  }
  return 0;
}
