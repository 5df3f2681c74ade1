// SHA-256 (FIPS 180-4).
// Must not know what is hashed.
#pragma once

#include "messages/lock.hpp"

#include <string>
#include <string_view>

namespace holdfast {

/// @throws std::runtime_error when OpenSSL offers no SHA-256 here.
digest sha256(std::string_view bytes);

/// 64 lowercase hexadecimal digits.
std::string to_hex(const digest& x);

} // namespace holdfast
