#include "node/exchange_keys.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace holdfast {

namespace {

constexpr std::size_t key_bytes_max = 256;

/// One of the two, and where it may stand.
struct key_source {
  std::string name; ///< of the TOML key
  std::string file;
  const char* variable;
};

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw config_error{{where + ": " + why}};
}

std::string read_key_file(const std::string& file,
                          std::vector<std::string>& warnings) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    refuse(file, std::string{"cannot be read: "} + std::strerror(errno));
  if (!S_ISREG(status.st_mode))
    refuse(file, "cannot be read: it is no regular file");
  if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0)
    refuse(file, "every user of this machine may read or write the key: "
                 "chmod 600");
  if ((status.st_mode & S_IWGRP) != 0)
    warnings.push_back(file + ": other users may write the key; chmod 600");
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

/// A line break in a key would be a header of its own.
bool is_key(const std::string& text) {
  return text.size() <= key_bytes_max &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

std::string load_key(const key_source& from,
                     std::vector<std::string>& warnings) {
  const char* given = std::getenv(from.variable);
  auto in_environment = given && *given != '\0';
  if (in_environment && !from.file.empty())
    refuse(from.variable, "mexc." + from.name +
                              " names a file as well; leave one of them away");
  auto where = from.file.empty() ? std::string{from.variable} : from.file;
  std::string key;
  if (!from.file.empty())
    key = read_key_file(from.file, warnings);
  else if (in_environment)
    key = given;
  else
    refuse(where, "is not set: trades.exchange = \"mexc\" needs it, or a file "
                  "that mexc." +
                      from.name + " names");
  if (key.empty())
    refuse(where, "holds no key");
  if (!is_key(key))
    refuse(where, "is no key: one word of visible ASCII, at most " +
                      std::to_string(key_bytes_max) + " characters");
  return key;
}

} // namespace

mexc_keys load_mexc_keys(const mexc_settings& mexc,
                         std::vector<std::string>& warnings) {
  return {load_key({"api_key_file", mexc.api_key_file, "HOLDFAST_MEXC_API_KEY"},
                   warnings),
          load_key({"secret_key_file", mexc.secret_key_file,
                    "HOLDFAST_MEXC_SECRET_KEY"},
                   warnings)};
}

} // namespace holdfast
