// The calls of version 1: which there are, and who carries them out.
// Internal to the gateway; must not know Boost.
#pragma once

#include "gateway/api_call.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace holdfast {

enum class body_rule : std::uint8_t {
  none, ///< nothing, or an empty object
  json, ///< with Content-Type application/json
};

/// One call of the API.
struct route_row {
  std::string_view method;
  std::string_view path; ///< "{}" stands for one segment
  scope access;          ///< what a caller needs
  body_rule body;
  void (*call)(api_call&);
  std::vector<std::string_view> query; ///< parameters known
  /// It ends or extends a lock: passes up to twice the rate limit.
  bool vital = false;
  std::vector<std::string_view> lists = {}; ///< those that may stand repeatedly
};

/// All calls.
const std::vector<route_row>& route_table();

/// The call that `method` and (raw) `path` mean; null: none.
const route_row* find_route(std::string_view method, std::string_view path);

/// Names a row for `http_request::route`: its place, from 1; 0: null.
std::size_t number_of(const route_row* row);

/// Answers `request`, now or later: finds the route, checks method, query and
/// content type, and hands over.
void route(api_context& api, const http_request& request, const reply& answer);

/// How large the body of a request may be.
std::size_t body_bytes_max(const gateway_options& options,
                           std::string_view path);

// Each carries out one call. In the files `routes_*.cpp`.

void acquire_one(api_call& call);
void acquire_batch(api_call& call);

void renew(api_call& call);
void release(api_call& call);
void force_release_one(api_call& call);
void force_release_all(api_call& call);

void show_locks(api_call& call);
void show_lock(api_call& call);
void show_resource(api_call& call);
void show_queue(api_call& call);
void show_entry(api_call& call);
void show_journal(api_call& call);
void stream_events(api_call& call);

void make_trade(api_call& call);
void show_trade(api_call& call);
void show_trades(api_call& call);
void show_effects(api_call& call);
void show_effect(api_call& call);
void resolve_effect(api_call& call);

void take_positions(api_call& call);
void take_snapshot(api_call& call);
void show_positions(api_call& call);
void show_signals(api_call& call);
void show_signal(api_call& call);

void today_locks(api_call& call);
void today_check(api_call& call);
void today_release(api_call& call);
void today_trade(api_call& call);

void cancel(api_call& call);
void show_dead_letters(api_call& call);
void requeue(api_call& call);
void discard(api_call& call);
void pause(api_call& call);
void resume(api_call& call);
void show_stats(api_call& call);
void show_session(api_call& call);
void show_metrics(api_call& call);
void show_alive(api_call& call);
void show_ready(api_call& call);
void show_page(api_call& call);

/// `limit` and `cursor` of a list.
page_request read_page(query_fields& query);

} // namespace holdfast
