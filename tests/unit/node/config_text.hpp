// Configuration as text, and what is said of it.
#pragma once

#include "node/config.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace holdfast::test {

inline const std::string example_file =
    HOLDFAST_SOURCE_DIR "/config/holdfast.example.toml";

inline node_config parsed(const std::string& text) {
  return parse_config(text, "c.toml");
}

inline std::vector<std::string> problems_of(const std::string& text) {
  try {
    parsed(text);
  } catch (const config_error& wrong) {
    return wrong.problems;
  }
  return {};
}

/// The only problem of a file; empty when it has none.
inline std::string problem_of(const std::string& text) {
  auto all = problems_of(text);
  REQUIRE(all.size() <= 1);
  return all.empty() ? std::string{} : all.front();
}

} // namespace holdfast::test
