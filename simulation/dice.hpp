// The randomness of a run: the same numbers from the same seed with every
// compiler, optimised or not.
#pragma once

#include <cstdint>

namespace holdfast::simulation {

/// splitmix64 (Steele, Lea, Flood 2014). What the standard library's
/// distributions draw differs between libraries, so they are not used.
class dice {
public:
  explicit dice(std::uint64_t seed) : state_(seed) {}

  /// Uniform over all 64-bit numbers.
  std::uint64_t operator()() {
    auto x = state_ += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
  }

  /// From 0 to n - 1; n must not be 0, and is small.
  std::uint64_t pick(std::uint64_t n) { return (*this)() % n; }

  /// True so many times of a hundred.
  bool chance(std::uint64_t percent) { return pick(100) < percent; }

private:
  std::uint64_t state_;
};

} // namespace holdfast::simulation
