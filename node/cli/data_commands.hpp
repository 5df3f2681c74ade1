// What works on a data directory itself, with or without a node on it.
// Must not know how a command line is read.
#pragma once

#include <iosfwd>
#include <string>

namespace holdfast {

struct data_args {
  std::string data_dir;
  std::string other; ///< where a backup goes to, or comes from
  bool no_verify = false;
  bool json = false;
};

int backup_command(const data_args& args, std::ostream& out, std::ostream& err);
int restore_command(const data_args& args, std::ostream& out,
                    std::ostream& err);
int verify_command(const data_args& args, std::ostream& out, std::ostream& err);
int export_command(const data_args& args, std::ostream& out, std::ostream& err);

} // namespace holdfast
