#include "node/cli/app.hpp"
namespace holdfast {
void add_data_commands(CLI::App&, chosen_command&) {}
void add_shell_commands(CLI::App&, chosen_command&) {}
}
