// HMAC-SHA256, which requests are signed with.
// Must not know what is signed, or for whom.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

/// HMAC-SHA256 (RFC 2104) in 64 lowercase hexadecimal digits.
/// @throws std::runtime_error when OpenSSL offers none here.
std::string hmac_sha256(std::string_view secret, std::string_view text);

} // namespace holdfast
