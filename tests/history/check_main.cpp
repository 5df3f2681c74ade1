// check_history FILE: holds a history that was kept, or altered by hand,
// against what a lock should do. Exit 0: it has an order; 1: it has none.
#include "tests/history/check.hpp"

#include <fstream>
#include <iostream>
#include <sstream>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: check_history FILE\n";
    return 2;
  }
  try {
    std::ifstream file{argv[1]};
    if (!file)
      throw std::runtime_error(std::string{"cannot read "} + argv[1]);
    std::stringstream text;
    text << file.rdbuf();
    auto result = linear::check(linear::from_lines(text.str()));
    for (const auto& fault : result.faults)
      std::cout << fault << '\n';
    std::cout << linear::describe(result) << '\n';
    return result.faults.empty() ? 0 : 1;
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 2;
  }
}
