// The configuration keys of how MEXC is spoken to.
// Must not know TOML or the files that they name.
#include "node/config_values.hpp"

namespace holdfast::detail {

std::vector<config_key> mexc_config_keys() {
  using c = node_config;
  return {
      base_url(
          "mexc", "https://api.mexc.com",
          [](c & x) -> auto& { return x.mexc.base_url; }),
      whole_number(
          "mexc", "recv_window_ms", 1, 60'000,
          [](c & x) -> auto& { return x.mexc.recv_window_ms; }),
      whole_number(
          "mexc", "reconcile_margin_ms", 0, 600'000,
          [](c & x) -> auto& { return x.mexc.reconcile_margin_ms; }),
      whole_number(
          "mexc", "request_timeout_ms", 1, 60'000,
          [](c & x) -> auto& { return x.mexc.request_timeout_ms; }),
      file_path(
          "mexc", "api_key_file",
          [](c & x) -> auto& { return x.mexc.api_key_file; }),
      file_path(
          "mexc", "secret_key_file",
          [](c & x) -> auto& { return x.mexc.secret_key_file; }),
  };
}

} // namespace holdfast::detail
