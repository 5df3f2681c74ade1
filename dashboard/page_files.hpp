// The built page, as it stands in the program.
// Must not know HTTP, nor how the page is built.
#pragma once

#include <span>
#include <string_view>

namespace holdfast {

/// One file of the page. All of it lives as long as the program.
struct page_file {
  std::string_view path; ///< "/" for the page itself, else "/app.js"
  std::string_view content_type;
  std::string_view body;
  std::string_view gzip; ///< `body`, compressed, for who accepts gzip
  std::string_view etag; ///< weak, so that it serves for both; with quotes
};

/// All files, the page and its own first, then the description of the API
/// with the page that shows it; none when the program was built without
/// (HOLDFAST_DASHBOARD). They have fixed names: to be revalidated by `etag`
/// each time (`Cache-Control: no-cache`), never kept blindly.
std::span<const page_file> page_files();

/// The Content-Security-Policy that the page works under: nothing but its own
/// files, and calls of the node that serves it.
inline constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

} // namespace holdfast
