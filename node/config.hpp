// What `holdfast node` reads from its TOML file; docs/configuration.md.
// Must not know TOML (see config.cpp) or the actor system.
#pragma once

#include "actors/feed_settings.hpp"
#include "actors/notifier_settings.hpp"
#include "adapters/paper_exchange.hpp"
#include "engine/options.hpp"
#include "rules/trade_rules.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// What the HTTP server accepts; reaching one of these is a clear refusal.
struct http_settings {
  std::size_t connections_max = 10'000;
  std::size_t header_bytes_max = 16'384;
  std::size_t body_bytes_max = 65'536;
  std::size_t batch_bytes_max = 4'194'304;
  std::size_t json_depth_max = 64;
  std::int64_t header_timeout_ms = 10'000;
  std::int64_t body_timeout_ms = 30'000;
  std::int64_t idle_timeout_ms = 60'000;
  std::int64_t write_timeout_ms = 30'000;
  std::size_t event_streams_max = 1000;
  std::size_t event_stream_bytes_max = 1 << 20;
  std::int64_t event_heartbeat_ms = 15'000;

  bool operator==(const http_settings&) const = default;
};

/// Where the HTTP server listens. Port 0: any free one.
struct listen_address {
  std::string host = "127.0.0.1"; ///< an address; IPv6 without brackets
  std::uint16_t port = 8080;
};

/// Who may call, and how often.
struct auth_settings {
  std::string tokens_file;         ///< empty: there are no tokens
  std::int64_t requests_per_s = 0; ///< of each token; 0: no limit
  std::int64_t burst = 100;        ///< so many at once after a pause
};

/// PEM files; both empty: plain HTTP.
struct tls_settings {
  std::string certificate;
  std::string private_key;
};

enum class log_format : std::uint8_t { text, json };

enum class exchange_kind : std::uint8_t { none, paper, mexc };

/// How MEXC is spoken to. The keys come from these files, or else from
/// HOLDFAST_MEXC_API_KEY and HOLDFAST_MEXC_SECRET_KEY: see exchange_keys.hpp.
struct mexc_settings {
  std::string base_url = "https://api.mexc.com"; ///< without '/' at the end
  std::int64_t recv_window_ms = 5000;
  std::int64_t reconcile_margin_ms = 2000;
  std::int64_t request_timeout_ms = 3000;
  std::string api_key_file;
  std::string secret_key_file;
};

/// How Telegram is spoken to; chat and texts are `options::messages`. The
/// token comes from this file, or else from HOLDFAST_TELEGRAM_TOKEN: see
/// outside_secrets.hpp.
struct telegram_settings {
  bool console = false; ///< messages are printed instead of sent
  std::string base_url = "https://api.telegram.org"; ///< no '/' at the end
  std::int64_t request_timeout_ms = 5000;
  notifier_settings pace;
  std::string token_file;
};

/// Where signals are posted. The secret comes from this file, or else from
/// HOLDFAST_WEBHOOK_SECRET, if there is one.
struct webhook_settings {
  std::string url; ///< empty: nowhere
  std::string secret_file;
  /// After so many posts of one message that were answered in no sensible way
  /// it goes to the dead letters. With the longest pause of a minute between
  /// them, the default is most of a day.
  std::int64_t attempts_max = 1000;
};

/// Where alerts are posted, signed as signals are; when they fire is in
/// `options::alerts`.
struct alert_post_settings {
  std::string url; ///< empty: nowhere
};

/// The account that is followed. The token comes from this file, or else from
/// HOLDFAST_METAAPI_TOKEN.
struct metaapi_settings {
  bool enabled = false;
  std::string base_url; ///< without '/' at the end
  feed_settings feed;
  std::string token_file;
};

/// Who commands the node from Telegram; the bot is that of `telegram_settings`.
struct control_bot_settings {
  bool enabled = false;
  std::set<std::int64_t> user_ids;
};

/// The settings of one node. Default constructed: those of an empty file.
struct node_config {
  options engine;
  listen_address listen;
  std::string log_level = "info"; ///< trace, debug, info, warn, error
  log_format format = log_format::text;
  http_settings limits;
  exchange_kind exchange = exchange_kind::paper;
  trade_settings trades;
  paper_options paper;
  mexc_settings mexc;
  telegram_settings telegram;
  webhook_settings webhook;
  alert_post_settings alert_post;
  metaapi_settings metaapi;
  control_bot_settings control_bot;
  std::vector<std::string> hosts; ///< further names of the node
  auth_settings auth;
  tls_settings tls;
};

/// A file that cannot be used. Each problem is one line, naming file and line
/// where it has one, in the order of the file.
struct config_error : std::runtime_error {
  explicit config_error(std::vector<std::string> what);
  std::vector<std::string> problems;
};

/// Reads the text of a configuration file; `name` is what errors call it.
/// @throws config_error with everything that is wrong with it.
node_config parse_config(std::string_view text, const std::string& name);

/// @throws config_error, also when the file cannot be read.
node_config load_config(const std::string& path);

/// Reads "host:port" or "[::1]:port"; the host is an IP address or "localhost".
/// @throws std::invalid_argument with a sentence that says what would be right.
listen_address parse_listen(std::string_view text);

/// What is wrong with the base URL of a service that gets secrets, if anything
/// ("must be …"): https, or http to this machine, no query and no user.
std::string check_base_url(std::string_view url, std::string_view example);

/// Only this machine reaches it.
bool is_loopback(const listen_address& where);

/// The address as a URL, e.g. "http://127.0.0.1:8080/".
std::string to_url(const listen_address& where, bool secure = false);

} // namespace holdfast
