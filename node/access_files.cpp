// Reads tokens, certificate and key; names what is wrong by file and line.
// Must not know TOML, HTTP or when they are read again.
#include "node/access_files.hpp"

#include "messages/utf8.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <sys/stat.h>

namespace holdfast {

namespace {

constexpr std::size_t file_bytes_max = 1 << 20;
constexpr std::size_t name_bytes_max = 64;

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view blank = " \t\r";
  std::vector<std::string_view> words;
  for (;;) {
    auto begin = line.find_first_not_of(blank);
    if (begin == std::string_view::npos)
      return words;
    line.remove_prefix(begin);
    words.push_back(line.substr(0, line.find_first_of(blank)));
    line.remove_prefix(words.back().size());
  }
}

bool is_name(std::string_view text) {
  auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
           c == '@';
  };
  return text.size() <= name_bytes_max &&
         std::all_of(text.begin(), text.end(), good);
}

int value_of_hex(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<digest> parse_digest(std::string_view hex) {
  digest out{};
  if (hex.size() != 2 * out.size())
    return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto high = value_of_hex(hex[2 * i]);
    auto low = value_of_hex(hex[2 * i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return out;
}

bool is_owner(std::string_view text) {
  auto control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  return text.size() <= 256 &&
         find_invalid_utf8(text) == std::string_view::npos &&
         std::none_of(text.begin(), text.end(), control);
}

/// Collects entries, and what is wrong with the lines.
class tokens_reader {
public:
  explicit tokens_reader(const std::string& file) : file_(file) {}

  void read_line(std::string_view line) {
    ++line_;
    auto words = words_of(line);
    if (words.empty() || words.front().starts_with('#'))
      return;
    // None of the words is quoted: one may be a token in the wrong place.
    identity who;
    if (words.size() < 3 || words.size() > 4)
      return complain("expected `name scope sha256-of-token [ownerId]`, not " +
                      std::to_string(words.size()) + " words");
    if (!is_name(words[0]))
      return complain("the name must be 1 to " +
                      std::to_string(name_bytes_max) +
                      " of the characters A-Z a-z 0-9 . _ @ -");
    if (!from_string(words[1], who.level))
      return complain("the scope must be read, trade or operate");
    auto hash = parse_digest(words[2]);
    if (!hash)
      return complain("the third word must be the SHA-256 of the token, 64 "
                      "hexadecimal digits, never the token itself");
    if (words.size() == 4 && !is_owner(words[3]))
      return complain("the ownerId must be 1 to 256 bytes of UTF-8 without "
                      "control characters");
    who.name = words[0];
    who.owner_id = words.size() == 4 ? words[3] : "";
    add(*hash, std::move(who));
  }

  token_table finish() {
    if (!problems_.empty())
      throw config_error{std::move(problems_)};
    return token_table{std::move(entries_)};
  }

private:
  void complain(const std::string& what) {
    problems_.push_back(file_ + ':' + std::to_string(line_) + ": " + what);
  }

  void add(const digest& hash, identity who) {
    if (auto [at, added] = names_.emplace(who.name, line_); !added)
      return complain("the name '" + who.name + "' stands in line " +
                      std::to_string(at->second) + " already");
    if (auto [at, added] = hashes_.emplace(hash, line_); !added)
      return complain("the token of line " + std::to_string(at->second) +
                      " stands here again");
    if (entries_.size() == token_table::entries_max)
      return complain("a node takes at most " +
                      std::to_string(token_table::entries_max) + " tokens");
    entries_.push_back(
        {hash, std::make_shared<const identity>(std::move(who))});
  }

  const std::string& file_;
  std::size_t line_ = 0;
  std::vector<std::string> problems_;
  std::vector<token_table::entry> entries_;
  std::map<std::string, std::size_t> names_;
  std::map<digest, std::size_t> hashes_;
};

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
  throw config_error{{file + ": " + why}};
}

struct stat status_of(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    refuse(file, std::string{"cannot be read: "} + std::strerror(errno));
  if (!S_ISREG(status.st_mode))
    refuse(file, "cannot be read: it is no regular file");
  return status;
}

std::string text_of(const std::string& file) {
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in.is_open() || in.bad())
    refuse(file, std::string{"cannot be read: "} +
                     (errno != 0 ? std::strerror(errno) : "read error"));
  return text;
}

} // namespace

token_table parse_tokens(std::string_view text, const std::string& file) {
  tokens_reader reader{file};
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    reader.read_line(line);
  }
  return reader.finish();
}

std::shared_ptr<const token_table>
load_tokens(const auth_settings& auth, std::vector<std::string>& warnings) {
  auto& file = auth.tokens_file;
  if (file.empty())
    return nullptr;
  auto status = status_of(file);
  // Who may write the file may let himself in.
  if ((status.st_mode & S_IWOTH) != 0)
    refuse(file, "every user of this machine may write it: chmod 600");
  if ((status.st_mode & (S_IROTH | S_IWGRP)) != 0)
    warnings.push_back(file + ": other users may read or write it; chmod 600");
  if (static_cast<std::size_t>(status.st_size) > file_bytes_max)
    refuse(file, "is larger than 1 MiB: this is no tokens file");
  auto table =
      std::make_shared<const token_table>(parse_tokens(text_of(file), file));
  if (table->size() == 0)
    warnings.push_back(file + ": holds no token, so nobody may call");
  return table;
}

std::shared_ptr<const tls_context>
load_tls(const tls_settings& tls, std::vector<std::string>& warnings) {
  if (tls.certificate.empty())
    return nullptr;
  try {
    auto context =
        std::make_shared<const tls_context>(tls.certificate, tls.private_key);
    if ((status_of(tls.private_key).st_mode & (S_IROTH | S_IWOTH)) != 0)
      warnings.push_back(tls.private_key +
                         ": every user may read or write the private key; "
                         "chmod 600");
    return context;
  } catch (const tls_error& why) {
    throw config_error{{why.what()}};
  }
}

} // namespace holdfast
