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
HOLDFAST_PAGE_FILE(holdfast_page_docs);
HOLDFAST_PAGE_FILE(holdfast_page_docs_script);
HOLDFAST_PAGE_FILE(holdfast_page_openapi);

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

/// A file as the program has it; `etag` is filled in below.
#define HOLDFAST_PAGE_ROW(path, type, symbol)                                  \
  page_file {                                                                  \
    path, type, between(symbol, symbol##_end),                                 \
        between(symbol##_gz, symbol##_gz_end), {}                              \
  }

constexpr auto html = "text/html; charset=utf-8";
constexpr auto script = "text/javascript; charset=utf-8";

/// The files, and the texts that their tags stand in.
struct all_files {
  all_files() {
    for (std::size_t i = 0; i < files.size(); ++i) {
      etags[i] = etag_of(files[i].body);
      files[i].etag = etags[i];
    }
  }

  std::array<page_file, 7> files{
      HOLDFAST_PAGE_ROW("/", html, holdfast_page_index),
      HOLDFAST_PAGE_ROW("/app.js", script, holdfast_page_script),
      HOLDFAST_PAGE_ROW("/app.css", "text/css; charset=utf-8",
                        holdfast_page_style),
      HOLDFAST_PAGE_ROW("/icon.svg", "image/svg+xml", holdfast_page_icon),
      HOLDFAST_PAGE_ROW("/docs", html, holdfast_page_docs),
      HOLDFAST_PAGE_ROW("/docs.js", script, holdfast_page_docs_script),
      HOLDFAST_PAGE_ROW("/openapi.json", "application/json",
                        holdfast_page_openapi),
  };
  std::array<std::string, 7> etags;
};

#undef HOLDFAST_PAGE_ROW

} // namespace

std::span<const page_file> page_files() {
  static const all_files all;
  return all.files;
}

} // namespace holdfast

#else

namespace holdfast {

std::span<const page_file> page_files() { return {}; }

} // namespace holdfast

#endif
