// What never changes again about a lock, an entry or a transaction, once it is
// so. Copies share what they have in common: a search keeps thousands of them.
// Must not know what the facts mean.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace linear {

/// Names as numbers; 0 is "has none", or "nobody ever saw it".
using name = std::uint32_t;

enum class fate : std::uint32_t {
  open,      ///< nothing is known
  released,  ///< a lock, with `content`
  failed,    ///< a lock, with `content`
  expired,   ///< a lock
  forced,    ///< a lock
  granted,   ///< an entry, as `lock`
  cancelled, ///< an entry
  succeeded  ///< a transaction, by `lock` with `content`
};

struct fact {
  fate how = fate::open;
  name lock = 0;
  name content = 0;
  bool operator==(const fact&) const = default;
};

class facts {
public:
  fact of(name who) const;
  void set(name who, const fact& what);
  void forget(name who) { set(who, {}); }

  /// Equal for equal facts, whatever their order; 64 bits of each half.
  std::uint64_t digest(std::size_t half) const { return digest_[half]; }

private:
  static constexpr std::size_t chunk_size = 32;
  using chunk = std::array<fact, chunk_size>;

  std::vector<std::shared_ptr<const chunk>> chunks_;
  std::array<std::uint64_t, 2> digest_{};
};

/// Mixes numbers into 128 bits.
class mixer {
public:
  void add(std::uint64_t x) {
    for (std::size_t i = 0; i < 2; ++i) {
      sum_[i] = (sum_[i] ^ x) * factors[i];
      sum_[i] ^= sum_[i] >> 29;
    }
  }
  const std::array<std::uint64_t, 2>& sum() const { return sum_; }

private:
  static constexpr std::array<std::uint64_t, 2> factors{0xBF58476D1CE4E5B9,
                                                        0x9FB21C651E98DF25};
  std::array<std::uint64_t, 2> sum_{0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93};
};

} // namespace linear
