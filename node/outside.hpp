// Whom a node speaks to beside its callers: the exchange, Telegram, a webhook,
// the account that is followed.
// Must not know TOML, HTTP or what is said.
#pragma once

#include "adapters/mexc_protocol.hpp"
#include "engine/engine.hpp"
#include "node/config.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/logger.h>

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace holdfast {

/// What these parties know the node by; empty where it does not speak to one.
struct outside_secrets {
  mexc_keys exchange;
  std::string telegram_token;
  std::string webhook_secret;
  std::string metaapi_token;
};

/// Those that the configuration needs, from files or the environment. Appends
/// to `warnings` what is not wrong, but unwise.
/// @throws config_error when one is missing, or none: see `load_secret`.
outside_secrets load_secrets(const node_config& config,
                             std::vector<std::string>& warnings);

/// What is on, a line for each, without secrets: for `--check-config`.
std::string describe_outside(const node_config& config);

/// The actors that speak to these parties.
class outside {
public:
  /// Messages that are printed go to `out`, which outlives this object.
  outside(caf::actor_system& sys, const node_config& config,
          const outside_secrets& secrets, spdlog::logger& log,
          std::ostream& out);

  /// Ends the actors. The engine has to be stopped before.
  ~outside();

  outside(const outside&) = delete;
  outside& operator=(const outside&) = delete;

  /// Lets the engine trade, tell, and follow.
  void serve(engine& hf) const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace holdfast
