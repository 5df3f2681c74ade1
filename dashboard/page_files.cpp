// Names the bytes that the assembler has put into the program.
// Must not know HTTP, nor how the page is built.
#include "dashboard/page_files.hpp"

#ifndef HOLDFAST_NO_PAGE

#include <array>
#include <cstdint>
#include <string>

/// A file's first byte, and the one behind its last; page_files.s has them.
#define HOLDFAST_PAGE_FILE(symbol)                                             \
  extern "C" const char symbol[];                                              \
  extern "C" const char symbol##_end[];                                        \
  extern "C" const char symbol##_gz[];                                         \
  extern "C" const char symbol##_gz_end[]

HOLDFAST_PAGE_FILE(holdfast_page_index);
HOLDFAST_PAGE_FILE(holdfast_page_script);
HOLDFAST_PAGE_FILE(holdfast_page_style);
HOLDFAST_PAGE_FILE(holdfast_page_icon);

#undef HOLDFAST_PAGE_FILE

namespace holdfast {

namespace {

/// FNV-1a, 64 bits: told apart are versions of one file, not enemies.
std::string etag_of(std::string_view body) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : body)
    hash = (hash ^ c) * 0x100000001b3;
  std::string text = "W/\"";
  for (auto shift = 60; shift >= 0; shift -= 4)
    text += digits[(hash >> shift) & 15];
  return text + '"';
}

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

} // namespace

std::span<const page_file> page_files() {
  static const auto index =
      between(holdfast_page_index, holdfast_page_index_end);
  static const auto script =
      between(holdfast_page_script, holdfast_page_script_end);
  static const auto style =
      between(holdfast_page_style, holdfast_page_style_end);
  static const auto icon = between(holdfast_page_icon, holdfast_page_icon_end);
  static const std::array etags{etag_of(index), etag_of(script), etag_of(style),
                                etag_of(icon)};
  static const std::array files{
      page_file{"/", "text/html; charset=utf-8", index,
                between(holdfast_page_index_gz, holdfast_page_index_gz_end),
                etags[0]},
      page_file{"/app.js", "text/javascript; charset=utf-8", script,
                between(holdfast_page_script_gz, holdfast_page_script_gz_end),
                etags[1]},
      page_file{"/app.css", "text/css; charset=utf-8", style,
                between(holdfast_page_style_gz, holdfast_page_style_gz_end),
                etags[2]},
      page_file{"/icon.svg", "image/svg+xml", icon,
                between(holdfast_page_icon_gz, holdfast_page_icon_gz_end),
                etags[3]},
  };
  return files;
}

} // namespace holdfast

#else

namespace holdfast {

std::span<const page_file> page_files() { return {}; }

} // namespace holdfast

#endif
