// The program `holdfast`: reads the command line, and hands over.
#include "node/cli/options.hpp"
#include "node/commands.hpp"

#include <iostream>

int main(int argc, char** argv) {
  return holdfast::run_command_line(argc, argv, std::cout, std::cerr);
}
