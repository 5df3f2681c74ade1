// A secret of the operator's: from a file or the environment.
// Must not know TOML, HTTP or what a secret is for.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace holdfast {

/// Where one secret may stand.
struct secret_source {
  std::string
      key; ///< of the TOML file, which names a file: "mexc.api_key_file"
  std::string file;         ///< what it names; empty: none
  const char* variable;     ///< of the environment
  std::string needed_by;    ///< why there must be one; empty: there need not
  std::string kind = "key"; ///< what it is called in errors
  std::size_t bytes_max = 256;
};

/// The secret: from its file, if there is one, or else from the environment;
/// empty when it stands nowhere, and need not. Appends to `warnings` what is
/// not wrong, but unwise. Errors never quote what could be a secret.
/// @throws config_error when it is missing, stands in both places, is none, or
/// lies in a file that every user of this machine may read or write.
std::string load_secret(const secret_source& from,
                        std::vector<std::string>& warnings);

} // namespace holdfast
