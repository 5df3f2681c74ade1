// The table of configuration keys with their ranges.
// Must not know TOML.
#include "node/config_keys.hpp"

#include "node/config_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace holdfast::detail {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t year_s = 366 * day_s;
constexpr std::int64_t longest_lease_ms = 30 * day_s * 1000;

config_key map_size() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    auto gib = 0.0;
    if (auto number = std::get_if<std::int64_t>(&value))
      gib = static_cast<double>(*number);
    else if (auto fraction = std::get_if<double>(&value))
      gib = *fraction;
    // The comparison is false for not-a-number as well.
    if (!(gib >= 0.001 && gib <= 65536))
      return "must be a number of GiB from 0.001 to 65536";
    c.engine.map_bytes =
        static_cast<std::uint64_t>(std::llround(std::ldexp(gib, 30)));
    return {};
  };
  return {"node", "map_size_gib", set};
}

config_key data_dir() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    auto text = std::get_if<std::string>(&value);
    if (!text || text->empty() || text->find('\0') != std::string::npos)
      return "must be the path of a directory, such as \"data\"";
    c.engine.data_dir = *text;
    return {};
  };
  return {"node", "data_dir", set};
}

config_key listen() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    auto text = std::get_if<std::string>(&value);
    if (!text)
      return "must be \"host:port\" such as \"127.0.0.1:8080\"";
    try {
      c.listen = parse_listen(*text);
    } catch (const std::invalid_argument& wrong) {
      return wrong.what();
    }
    return {};
  };
  return {"node", "listen", set};
}

config_key log_level() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    static constexpr std::array<std::string_view, 5> levels{
        "trace", "debug", "info", "warn", "error"};
    auto text = std::get_if<std::string>(&value);
    if (!text || std::find(levels.begin(), levels.end(), *text) == levels.end())
      return "must be one of \"trace\", \"debug\", \"info\", \"warn\", "
             "\"error\"";
    c.log_level = *text;
    return {};
  };
  return {"node", "log_level", set};
}

config_key log_format_key() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    auto text = std::get_if<std::string>(&value);
    if (!text || (*text != "text" && *text != "json"))
      return "must be \"text\" or \"json\"";
    c.format = *text == "json" ? log_format::json : log_format::text;
    return {};
  };
  return {"node", "log_format", set};
}

std::vector<config_key> lock_keys() {
  auto locks = [](std::string name, std::int64_t min, std::int64_t max,
                  auto field, std::int64_t scale = 1) {
    return whole_number("locks", std::move(name), min, max, field, scale);
  };
  using c = node_config;
  return {
      locks(
          "timeout_ms", 1, longest_lease_ms,
          [](c & x) -> auto& { return x.engine.locks.timeout_ms; }),
      locks(
          "timeout_max_ms", 1, longest_lease_ms,
          [](c & x) -> auto& { return x.engine.locks.timeout_max_ms; }),
      locks(
          "queue_depth_max", 1, 1'000'000,
          [](c & x) -> auto& { return x.engine.locks.queue_depth_max; }),
      locks(
          "max_retries", 0, 1000,
          [](c & x) -> auto& { return x.engine.locks.max_retries; }),
      locks(
          "retry_base_ms", 1, hour_ms,
          [](c & x) -> auto& { return x.engine.locks.retry_base_ms; }),
      locks(
          "retry_max_ms", 1, 24 * hour_ms,
          [](c & x) -> auto& { return x.engine.locks.retry_max_ms; }),
      locks(
          "outcome_retention_s", 1, 10 * year_s,
          [](c & x) -> auto& { return x.engine.locks.outcome_retention_ms; },
          1000),
      locks(
          "journal_retention_s", 1, 10 * year_s,
          [](c & x) -> auto& { return x.engine.journal_retention_ms; }, 1000),
      locks(
          "cleanup_interval_s", 1, day_s,
          [](c & x) -> auto& { return x.engine.cleanup_interval_ms; }, 1000),
      locks(
          "idle_owner_s", 1, day_s,
          [](c & x) -> auto& { return x.engine.idle_owner_ms; }, 1000),
  };
}

config_key exchange() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    auto text = std::get_if<std::string>(&value);
    if (!text || (*text != "paper" && *text != "mexc" && *text != "none"))
      return "must be one of \"paper\", \"mexc\", \"none\"";
    c.exchange = *text == "paper"  ? exchange_kind::paper
                 : *text == "mexc" ? exchange_kind::mexc
                                   : exchange_kind::none;
    return {};
  };
  return {"trades", "exchange", set};
}

config_key trade_resource() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    auto text = std::get_if<std::string>(&value);
    if (!text)
      return "must be a text such as \"trade:{symbol}:{side}\"";
    if (auto wrong = check_template(*text))
      return *wrong;
    c.trades.resource = *text;
    return {};
  };
  return {"trades", "resource", set};
}

/// An amount of money as a text; floating point would not be exact.
std::string read_amount(const config_value& value, std::string& to) {
  auto text = std::get_if<std::string>(&value);
  if (!text || !is_amount(*text))
    return "must be a decimal number in quotes, such as \"0.5\"";
  to = *text;
  return {};
}

config_key default_price() {
  auto set = [](const config_value& value, node_config& c) {
    return read_amount(value, c.paper.default_price);
  };
  return {"paper", "default_price", set};
}

template <class Table>
config_key amounts(std::string name, Table table) {
  auto set = [](const config_value&, node_config&) -> std::string {
    return "must be a table of names and decimal numbers in quotes";
  };
  auto set_entry = [table](const std::string& entry, const config_value& value,
                           node_config& c) {
    return read_amount(value, table(c)[entry]);
  };
  return {"paper", std::move(name), set, set_entry};
}

std::vector<config_key> trade_keys() {
  using c = node_config;
  return {
      exchange(),
      trade_resource(),
      whole_number(
          "trades", "timeout_ms", 1, longest_lease_ms,
          [](c & x) -> auto& { return x.trades.timeout_ms; }),
      whole_number(
          "trades", "reconcile_ms", 1, hour_ms,
          [](c & x) -> auto& { return x.engine.orders.reconcile_ms; }),
      whole_number(
          "trades", "settle_ms", 1, hour_ms,
          [](c & x) -> auto& { return x.engine.orders.settle_ms; }),
      whole_number(
          "trades", "follow_s", 1, 10 * year_s,
          [](c & x) -> auto& { return x.engine.orders.follow_ms; }, 1000),
      whole_number(
          "paper", "fill_delay_ms", 0, hour_ms,
          [](c & x) -> auto& { return x.paper.fill_delay_ms; }),
      default_price(),
      amounts(
          "prices", [](c & x) -> auto& { return x.paper.prices; }),
      amounts(
          "balances", [](c & x) -> auto& { return x.paper.balances; }),
  };
}

std::vector<config_key> limit_keys() {
  auto limit = [](std::string name, std::int64_t min, std::int64_t max,
                  auto field) {
    return whole_number("limits", std::move(name), min, max, field);
  };
  using c = node_config;
  return {
      limit(
          "requests_in_flight_max", 1, 10'000'000,
          [](c & x) -> auto& { return x.engine.in_flight_max; }),
      limit(
          "owners_max", 1, 10'000'000,
          [](c & x) -> auto& { return x.engine.owners_max; }),
      limit(
          "connections_max", 1, 1'000'000,
          [](c & x) -> auto& { return x.limits.connections_max; }),
      limit(
          "header_bytes_max", 1024, 1 << 20,
          [](c & x) -> auto& { return x.limits.header_bytes_max; }),
      limit(
          "body_bytes_max", 1024, 64 << 20,
          [](c & x) -> auto& { return x.limits.body_bytes_max; }),
      limit(
          "batch_bytes_max", 1024, 256 << 20,
          [](c & x) -> auto& { return x.limits.batch_bytes_max; }),
      limit(
          "json_depth_max", 4, 1000,
          [](c & x) -> auto& { return x.limits.json_depth_max; }),
      limit(
          "header_timeout_ms", 1, hour_ms,
          [](c & x) -> auto& { return x.limits.header_timeout_ms; }),
      limit(
          "body_timeout_ms", 1, hour_ms,
          [](c & x) -> auto& { return x.limits.body_timeout_ms; }),
      limit(
          "idle_timeout_ms", 1, hour_ms,
          [](c & x) -> auto& { return x.limits.idle_timeout_ms; }),
      limit(
          "write_timeout_ms", 1, hour_ms,
          [](c & x) -> auto& { return x.limits.write_timeout_ms; }),
      limit(
          "event_streams_max", 0, 1'000'000,
          [](c & x) -> auto& { return x.limits.event_streams_max; }),
      limit(
          "event_stream_bytes_max", 4096, 256 << 20,
          [](c & x) -> auto& { return x.limits.event_stream_bytes_max; }),
      limit(
          "event_heartbeat_ms", 100, hour_ms,
          [](c & x) -> auto& { return x.limits.event_heartbeat_ms; }),
  };
}

/// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

} // namespace

const std::vector<config_key>& config_keys() {
  static const auto all = [] {
    std::vector<config_key> keys{data_dir(), listen(), map_size(), log_level(),
                                 log_format_key()};
    for (auto& more : {lock_keys(), trade_keys(), mexc_config_keys(),
                       signal_keys(), alert_keys(), telegram_keys(),
                       control_keys(), limit_keys(), access_keys()})
      keys.insert(keys.end(), more.begin(), more.end());
    return keys;
  }();
  return all;
}

const config_key* find_key(std::string_view section, std::string_view name) {
  for (auto& key : config_keys())
    if (key.section == section && key.name == name)
      return &key;
  return nullptr;
}

bool is_group(std::string_view section, std::string_view name) {
  return std::any_of(config_keys().begin(), config_keys().end(),
                     [&](auto& key) {
                       return key.section == section &&
                              key.name.starts_with(std::string{name} + '.');
                     });
}

bool is_section(std::string_view name) {
  return std::any_of(config_keys().begin(), config_keys().end(),
                     [&](auto& key) { return key.section == name; });
}

std::string closest(std::string_view meant,
                    const std::vector<std::string>& names) {
  std::string best;
  auto least = std::max<std::size_t>(meant.size() / 3, 1) + 1;
  for (auto& name : names)
    if (auto d = distance(meant, name); d < least) {
      least = d;
      best = name;
    }
  return best;
}

} // namespace holdfast::detail
