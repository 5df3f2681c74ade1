// The keys that MEXC gave to the operator: from files or the environment.
// Must not know TOML, HTTP or what the keys are for.
#pragma once

#include "adapters/mexc_protocol.hpp"
#include "node/config.hpp"

#include <string>
#include <vector>

namespace holdfast {

/// Both keys, each from its file if the configuration names one, or else from
/// HOLDFAST_MEXC_API_KEY or HOLDFAST_MEXC_SECRET_KEY. Appends to `warnings`
/// what is not wrong, but unwise. Errors never quote what could be a key.
/// @throws config_error when one is missing, stands in both places, is none,
/// or lies in a file that every user of this machine may read or write.
mexc_keys load_mexc_keys(const mexc_settings& mexc,
                         std::vector<std::string>& warnings);

} // namespace holdfast
