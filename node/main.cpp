// The program `holdfast`: reads the command line, and hands over.
#include "node/cli/options.hpp"
#include "node/commands.hpp"

#include <iostream>

/// Read by jemalloc where it is linked: memory that is free goes back to the
/// system after a while, also when nothing happens any more.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,muzzy_decay_ms:0";
}

int main(int argc, char** argv) {
  return holdfast::run_command_line(argc, argv, std::cout, std::cerr);
}
