#include "node/cli/token.hpp"

#include "node/commands.hpp"
#include "rules/sha256.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

namespace holdfast {

namespace {

[[noreturn]] void fail(const std::string& doing) {
  throw std::runtime_error(doing + ": " + std::strerror(errno));
}

std::string base64url(const std::array<unsigned char, 32>& bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned held = 0;
  unsigned bits = 0;
  for (auto byte : bytes) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 6; bits -= 6)
      text += digits[held >> (bits - 6) & 63];
  }
  return text += digits[held << (6 - bits) & 63];
}

/// Fields of the tokens file are separated by spaces.
void check_field(const std::string& what, const std::string& text) {
  for (unsigned char c : text)
    if (c <= ' ' || c == 0x7f)
      throw std::invalid_argument(what + " must not have spaces or control "
                                         "characters");
  if (text.empty() || text.front() == '#' || text.size() > 256)
    throw std::invalid_argument(what + " must have 1 to 256 bytes and not "
                                       "begin with #");
}

std::string read_all(const std::string& file) {
  std::ifstream in{file};
  if (!in && errno == ENOENT)
    return {};
  std::ostringstream text;
  if (in.peek() != std::ifstream::traits_type::eof())
    text << in.rdbuf();
  if (in.bad() || !in.is_open())
    fail(file + " cannot be read");
  return text.str();
}

bool has_name(const std::string& text, const std::string& name) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields{line};
    std::string first;
    if (fields >> first && first == name)
      return true;
  }
  return false;
}

void write_all(int fd, std::string_view text, const std::string& file) {
  while (!text.empty()) {
    auto n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR)
      fail(file + " cannot be written");
    text.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
  }
}

/// Takes the place of `file` in one step; a crash leaves the old or the new.
void replace_file(const std::string& file, const std::string& text) {
  auto fresh = file + ".XXXXXX";
  auto fd = mkostemp(fresh.data(), O_CLOEXEC); // 0600
  if (fd < 0)
    fail(file + " cannot be written");
  try {
    write_all(fd, text, file);
    if (fsync(fd) != 0 || rename(fresh.c_str(), file.c_str()) != 0)
      fail(file + " cannot be written");
  } catch (...) {
    close(fd);
    unlink(fresh.c_str());
    throw;
  }
  close(fd);
}

} // namespace

std::string new_token() {
  std::array<unsigned char, 32> bytes{};
  // Up to 256 bytes are never given in part.
  if (getrandom(bytes.data(), bytes.size(), 0) !=
      static_cast<ssize_t>(bytes.size()))
    fail("the kernel gives no random bytes");
  return "hf_" + base64url(bytes);
}

std::string token_line(const token_args& args, std::string_view token) {
  check_field("the name", args.name);
  auto line = args.name + ' ' + args.scope + ' ' + to_hex(sha256(token));
  if (args.owner.empty())
    return line;
  check_field("the owner", args.owner);
  return line + ' ' + args.owner;
}

void append_token_line(const std::string& file, const std::string& name,
                       const std::string& line) {
  // Two at a time would each lose the other's line.
  auto slash = file.rfind('/');
  auto folder =
      slash == std::string::npos ? std::string{"."} : file.substr(0, slash + 1);
  auto held = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (held < 0 || flock(held, LOCK_EX) != 0)
    fail(folder + " cannot be locked");
  try {
    auto text = read_all(file);
    if (has_name(text, name))
      throw std::invalid_argument("'" + name + "' has a token in " + file +
                                  " already; remove that line, or use "
                                  "another name");
    if (!text.empty() && text.back() != '\n')
      text += '\n';
    replace_file(file, text + line + '\n');
    if (fsync(held) != 0)
      fail(folder + " cannot be flushed");
  } catch (...) {
    close(held);
    throw;
  }
  close(held);
}

int token_command(const token_args& args, std::ostream& out,
                  std::ostream& err) {
  try {
    auto token = new_token();
    auto line = token_line(args, token);
    if (!args.file.empty())
      append_token_line(args.file, args.name, line);
    if (args.json)
      out << nlohmann::json{{"token", token}, {"line", line}}.dump()
          << std::endl;
    else
      out << token << '\n' << line << std::endl;
    return out ? exit_code::done : exit_code::error;
  } catch (const std::invalid_argument& wrong) {
    err << "holdfast: " << wrong.what() << std::endl;
    return exit_code::usage;
  } catch (const std::exception& why) {
    err << "holdfast: " << why.what() << std::endl;
    return exit_code::error;
  }
}

} // namespace holdfast
