// How often each kind of fault was injected: what a run has covered.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace holdfast::simulation {

/// By name, e.g. "store: answer lost". A kind that is announced and was never
/// injected stays at 0, so that a gap in the coverage is seen.
class fault_counts {
public:
  void announce(std::string_view kind) { by_kind_.try_emplace(key(kind)); }
  void add(std::string_view kind, std::uint64_t n = 1) {
    by_kind_[key(kind)] += n;
  }
  void add(const fault_counts& other) {
    for (const auto& [kind, n] : other.by_kind_)
      by_kind_[kind] += n;
  }
  const std::map<std::string, std::uint64_t>& by_kind() const {
    return by_kind_;
  }

private:
  static std::string key(std::string_view kind) { return std::string{kind}; }

  std::map<std::string, std::uint64_t> by_kind_;
};

} // namespace holdfast::simulation
