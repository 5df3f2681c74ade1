// The files that say who may call: tokens, and certificate with its key.
// Must not know TOML, HTTP or when they are read again.
#pragma once

#include "gateway/access.hpp"
#include "gateway/tls_context.hpp"
#include "node/config.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// Reads the text of a tokens file: lines `name scope sha256-of-token
/// [ownerId]`, blank ones and such that begin with '#'. `file` is what errors
/// call it; they never quote what could be a token.
/// @throws config_error with everything that is wrong with it.
token_table parse_tokens(std::string_view text, const std::string& file);

/// The tokens of the file that the configuration names; null when it names
/// none. Appends to `warnings` what is not wrong, but unwise.
/// @throws config_error, also when the file cannot be read, or when everybody
/// on this machine may write it.
std::shared_ptr<const token_table>
load_tokens(const auth_settings& auth, std::vector<std::string>& warnings);

/// The same for certificate and private key.
/// @throws config_error
std::shared_ptr<const tls_context> load_tls(const tls_settings& tls,
                                            std::vector<std::string>& warnings);

} // namespace holdfast
