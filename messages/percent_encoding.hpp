// Text as part of a URL (RFC 3986).
// Must not know what the URL is for.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

/// `text` as one segment of a path or one value of a query.
std::string percent_encoded(std::string_view text);

} // namespace holdfast
