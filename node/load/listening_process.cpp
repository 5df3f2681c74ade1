#include "node/load/listening_process.hpp"

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace holdfast::bench {

namespace {

namespace fs = std::filesystem;

/// "socket:[123]" of the socket that listens; empty: none.
std::string listening_socket(std::uint16_t port) {
  constexpr auto listening = "0A";
  std::ifstream table{"/proc/net/tcp"};
  char wanted[8];
  std::snprintf(wanted, sizeof wanted, ":%04X", unsigned{port});
  for (std::string line; std::getline(table, line);) {
    std::istringstream fields{line};
    std::vector<std::string> all;
    for (std::string field; fields >> field;)
      all.push_back(field);
    if (all.size() > 9 && all[1].ends_with(wanted) && all[3] == listening)
      return "socket:[" + all[9] + ']';
  }
  return {};
}

bool has_open(const fs::path& process, const std::string& socket) {
  std::error_code unseen; // of another user, or just ended
  for (fs::directory_iterator at{process / "fd", unseen}, end;
       !unseen && at != end; at.increment(unseen)) {
    std::error_code gone;
    if (fs::read_symlink(*at, gone) == socket)
      return true;
  }
  return false;
}

} // namespace

pid_t listening_process(std::uint16_t port) {
  auto socket = listening_socket(port);
  if (socket.empty())
    return 0;
  std::error_code problem;
  for (fs::directory_iterator at{"/proc", problem}, end; !problem && at != end;
       at.increment(problem)) {
    auto name = at->path().filename().string();
    pid_t pid = 0;
    auto last = name.data() + name.size();
    if (std::from_chars(name.data(), last, pid).ptr == last &&
        has_open(at->path(), socket))
      return pid;
  }
  return 0;
}

} // namespace holdfast::bench
