// Tokens of callers, as the tokens file has them.
// Must not know HTTP.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace holdfast {

struct token_args {
  std::string name;
  std::string scope; ///< read, trade, operate
  std::string owner; ///< empty: the caller may act for anybody
  std::string file;  ///< tokens file to add the line to; empty: none
  bool json = false;
};

/// 32 bytes of the kernel as `hf_` and base64url without padding (RFC 4648,
/// section 5). @throws std::runtime_error
std::string new_token();

/// `name scope sha256-of-token [ownerId]`.
std::string token_line(const token_args& args, std::string_view token);

/// Adds `line` to a tokens file, mode 0600, in one rename; makes it when
/// absent. @throws std::invalid_argument when `name` has a line already,
/// std::runtime_error when it cannot be written.
void append_token_line(const std::string& file, const std::string& name,
                       const std::string& line);

int token_command(const token_args& args, std::ostream& out, std::ostream& err);

} // namespace holdfast
