// An MT5 account behind MetaApi as a source of positions; docs/metaapi.md.
// Must not know storage, or what becomes of a position.
#pragma once

#include "actors/position_source.hpp"
#include "adapters/http_caller.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace holdfast {

struct metaapi_options {
  /// Without '/' at the end, e.g.
  /// https://mt-client-api-v1.london.agiliumtrade.ai
  std::string base_url;
  std::string account_id; ///< MetaApi's; the positions' account too
  std::string token;      ///< never part of an answer, a log or an error
  std::chrono::milliseconds timeout{5000}; ///< of one request
  /// Wall clock in ms since 1970. Empty: this machine's.
  std::function<std::int64_t()> now_ms;
};

/// Reads an account's positions, and how one was closed. Repeats nothing by
/// itself. Answers what is under way when it ends. The token stays in here.
/// A position takes some 600 bytes: a list larger than `http` takes is no list.
/// @throws std::invalid_argument when the token does not fit into a header.
position_source_actor spawn_metaapi_source(caf::actor_system& sys,
                                           metaapi_options options,
                                           std::shared_ptr<http_caller> http);

} // namespace holdfast
