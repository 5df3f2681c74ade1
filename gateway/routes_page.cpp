// The page of the node: its files, as they stand in the program.
// Must not know Boost or what the page does.
#include "dashboard/page_files.hpp"
#include "gateway/routes.hpp"

#include <algorithm>

namespace holdfast {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// Whether `accepts` is true of an element of the list that all headers called
/// `name` make.
template <class F>
bool any_element(const http_request& request, std::string_view name,
                 F accepts) {
  for (auto& header : request.headers) {
    if (!equal_ignoring_case(header.name, name))
      continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      auto end = std::min(rest.find(','), rest.size());
      if (accepts(trimmed(rest.substr(0, end))))
        return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

/// RFC 9110, section 12.5.3; a weight of nothing but zeros refuses.
bool accepts_gzip(const http_request& request) {
  return any_element(request, "Accept-Encoding", [](std::string_view element) {
    auto semicolon = std::min(element.find(';'), element.size());
    auto weight = trimmed(element.substr(semicolon));
    return equal_ignoring_case(trimmed(element.substr(0, semicolon)), "gzip") &&
           (weight.empty() ||
            weight.find_first_of("123456789") != std::string_view::npos);
  });
}

/// RFC 9110, section 13.1.2: compared weakly, so that a tag serves for both
/// encodings.
bool has_it_already(const http_request& request, std::string_view etag) {
  auto opaque = [](std::string_view tag) {
    return tag.starts_with("W/") ? tag.substr(2) : tag;
  };
  return any_element(request, "If-None-Match", [&](std::string_view element) {
    return element == "*" || opaque(element) == opaque(etag);
  });
}

} // namespace

void show_page(api_call& call) {
  auto files = page_files();
  auto file = std::ranges::find(files, call.request.path, &page_file::path);
  http_response out;
  out.content_type = file->content_type;
  out.headers = {
      {"ETag", std::string{file->etag}},
      {"Cache-Control", "no-cache"},
      {"Vary", "Accept-Encoding"},
      {"Content-Security-Policy", std::string{page_policy}},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
  };
  if (has_it_already(call.request, file->etag)) {
    out.status = 304;
  } else if (accepts_gzip(call.request)) {
    out.headers.push_back({"Content-Encoding", "gzip"});
    out.body = file->gzip;
  } else {
    out.body = file->body;
  }
  call.answer(std::move(out));
}

} // namespace holdfast
