// The command line of `holdfast`.
#pragma once

#include <iosfwd>

namespace holdfast {

/// Reads the command line, runs the command, answers the exit code.
int run_command_line(int argc, const char* const* argv, std::ostream& out,
                     std::ostream& err);

} // namespace holdfast
