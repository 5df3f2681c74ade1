// The page is in the program, whole and small.
#include "dashboard/page_files.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace holdfast;

namespace {

void check_nothing_inline(std::string_view page) {
  for (auto forbidden : {"<style", "style=", "onload=", "javascript:"})
    CHECK_MESSAGE(page.find(forbidden) == std::string_view::npos, forbidden);
  for (auto at = page.find("<script"); at != std::string_view::npos;
       at = page.find("<script", at + 1))
    CHECK(page.substr(at, page.find('>', at) - at).find(" src=") !=
          std::string_view::npos);
}

} // namespace

TEST_CASE("the page is in the program, with everything it names") {
  auto files = page_files();
  REQUIRE_FALSE(files.empty());
  CHECK(files.front().path == "/");
  CHECK(files.front().body.find("<!doctype html>") == 0);
  for (const auto& file : files.subspan(1, 3))
    CHECK_MESSAGE(files.front().body.find("\"." + std::string{file.path}) !=
                      std::string_view::npos,
                  file.path);
}

TEST_CASE("each file is there compressed, under an entity tag of its own") {
  std::set<std::string_view> etags;
  for (const auto& file : page_files()) {
    CHECK_FALSE(file.body.empty());
    CHECK(file.gzip.substr(0, 2) == "\x1f\x8b");
    CHECK(file.etag.starts_with("W/\""));
    etags.insert(file.etag);
  }
  CHECK(etags.size() == page_files().size());
}

TEST_CASE("the pages have nothing inline, which their policy forbids") {
  for (const auto& file : page_files())
    if (file.content_type.starts_with("text/html"))
      check_nothing_inline(file.body);
}

TEST_CASE("the page takes at most 60 kB on its way") {
  std::size_t bytes = 0;
  for (const auto& file : page_files().first(4))
    bytes += file.gzip.size();
  CHECK(bytes <= 60'000);
}
