#include "node/secrets.hpp"

#include "node/config.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace holdfast {

namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw config_error{{where + ": " + why}};
}

void check_access(const secret_source& from,
                  std::vector<std::string>& warnings) {
  struct stat status {};
  if (::stat(from.file.c_str(), &status) != 0)
    refuse(from.file, std::string{"cannot be read: "} + std::strerror(errno));
  if (!S_ISREG(status.st_mode))
    refuse(from.file, "cannot be read: it is no regular file");
  if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0)
    refuse(from.file, "every user of this machine may read or write the " +
                          from.kind + ": chmod 600");
  if ((status.st_mode & S_IWGRP) != 0)
    warnings.push_back(from.file + ": other users may write the " + from.kind +
                       "; chmod 600");
}

std::string read_file(const std::string& file) {
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in.is_open() || in.bad())
    refuse(file, std::string{"cannot be read: "} +
                     (errno != 0 ? std::strerror(errno) : "read error"));
  constexpr std::string_view blank = " \t\r\n";
  text.erase(0, std::min(text.find_first_not_of(blank), text.size()));
  text.erase(text.find_last_not_of(blank) + 1);
  return text;
}

/// A line break in a secret would be a header of its own.
bool is_word(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

} // namespace

std::string load_secret(const secret_source& from,
                        std::vector<std::string>& warnings) {
  const char* given = std::getenv(from.variable);
  auto in_environment = given && *given != '\0';
  if (in_environment && !from.file.empty())
    refuse(from.variable,
           from.key + " names a file as well; leave one of them away");
  auto where = from.file.empty() ? std::string{from.variable} : from.file;
  std::string secret;
  if (!from.file.empty()) {
    check_access(from, warnings);
    secret = read_file(from.file);
  } else if (in_environment) {
    secret = given;
  } else if (from.needed_by.empty()) {
    return {};
  } else {
    refuse(where, "is not set: " + from.needed_by +
                      " needs it, or a file that " + from.key + " names");
  }
  if (secret.empty())
    refuse(where, "holds no " + from.kind);
  if (secret.size() > from.bytes_max || !is_word(secret))
    refuse(where, "is no " + from.kind +
                      ": one word of visible ASCII, at most " +
                      std::to_string(from.bytes_max) + " characters");
  return secret;
}

} // namespace holdfast
