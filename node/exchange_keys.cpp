#include "node/exchange_keys.hpp"

#include "node/secrets.hpp"

namespace holdfast {

mexc_keys load_mexc_keys(const mexc_settings& mexc,
                         std::vector<std::string>& warnings) {
  const std::string needed_by = "trades.exchange = \"mexc\"";
  return {load_secret({"mexc.api_key_file", mexc.api_key_file,
                       "HOLDFAST_MEXC_API_KEY", needed_by},
                      warnings),
          load_secret({"mexc.secret_key_file", mexc.secret_key_file,
                       "HOLDFAST_MEXC_SECRET_KEY", needed_by},
                      warnings)};
}

} // namespace holdfast
