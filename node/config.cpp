// Reads the TOML file. The only file that includes toml++.
#include "node/config.hpp"

#include "node/config_keys.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace holdfast {

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (auto& line : lines)
    text += (text.empty() ? "" : "\n") + line;
  return text;
}

/// The value as a key's check takes it.
detail::config_value value_of(const toml::node& node) {
  if (auto x = node.as_integer())
    return x->get();
  if (auto x = node.as_floating_point())
    return x->get();
  if (auto x = node.as_boolean())
    return x->get();
  if (auto x = node.as_string())
    return x->get();
  auto list = node.as_array();
  if (!list)
    return {};
  if (list->is_homogeneous<std::int64_t>()) {
    std::vector<std::int64_t> numbers;
    for (auto& element : *list)
      numbers.push_back(**element.as_integer());
    return numbers;
  }
  if (!list->empty() && !list->is_homogeneous<std::string>())
    return {};
  std::vector<std::string> texts;
  for (auto& element : *list)
    texts.push_back(**element.as_string());
  return texts;
}

/// The value as the file has it, for error messages.
std::string shown(const toml::node& node) {
  if (node.is_table())
    return "a table";
  if (node.is_array())
    return "a list";
  std::ostringstream out;
  node.visit([&](auto& x) {
    if constexpr (toml::is_value<decltype(x)>)
      out << x;
  });
  return node.is_string() ? '"' + *node.value<std::string>() + '"' : out.str();
}

bool is_telegram_chat(std::string_view text) {
  auto has_only = [](std::string_view part, auto good) {
    return !part.empty() && std::ranges::all_of(part, good);
  };
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  auto is_word = [=](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '_';
  };
  auto rest = text.substr(std::min<std::size_t>(text.size(), 1));
  return has_only(text, is_digit) ||
         (text.starts_with('-') && has_only(rest, is_digit)) ||
         (text.starts_with('@') && has_only(rest, is_word));
}

/// Collects what is wrong with a file while it fills in the configuration.
class reader {
public:
  explicit reader(const std::string& name) : name_(name) {}

  node_config read(const toml::table& file) {
    for (auto&& [key, node] : file)
      read_section(std::string{key.str()}, node);
    check_pairs(file);
    if (problems_.empty())
      return config_;
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](auto& a, auto& b) { return a.first < b.first; });
    std::vector<std::string> lines;
    for (auto& [line, text] : problems_)
      lines.push_back(name_ + ':' + std::to_string(line) + ": " + text);
    throw config_error{std::move(lines)};
  }

private:
  void complain(const toml::node& at, std::string what) {
    problems_.emplace_back(at.source().begin.line, std::move(what));
  }

  void read_section(const std::string& section, const toml::node& node) {
    if (!detail::is_section(section))
      return unknown_section(section, node);
    auto keys = node.as_table();
    if (!keys)
      return complain(node, '\'' + section + "' must be a section, [" +
                                section + "], not " + shown(node));
    if (auto entries = detail::find_key(section, ""))
      return read_entries(*entries, section, *keys);
    for (auto&& [key, value] : *keys)
      read_key(section, std::string{key.str()}, value);
  }

  void read_key(const std::string& section, const std::string& name,
                const toml::node& node) {
    auto key = detail::find_key(section, name);
    if (!key && node.is_table() && detail::is_group(section, name)) {
      for (auto&& [inner, value] : *node.as_table())
        read_key(section, name + '.' + std::string{inner.str()}, value);
      return;
    }
    if (!key)
      return unknown_key(section, name, node);
    if (key->set_entry && node.is_table())
      return read_entries(*key, section + '.' + name, *node.as_table());
    if (auto wrong = key->set(value_of(node), config_); !wrong.empty()) {
      // "must be …" leaves it to us to show what the value is instead.
      auto complete = wrong.rfind("must", 0) != 0;
      complain(node, section + '.' + name + ' ' + wrong +
                         (complete ? "" : ", not " + shown(node)));
    }
  }

  void read_entries(const detail::config_key& key, const std::string& table,
                    const toml::table& entries) {
    for (auto&& [entry, node] : entries) {
      std::string name{entry.str()};
      auto wrong = key.set_entry(name, value_of(node), config_);
      if (wrong.rfind("must", 0) == 0)
        complain(node,
                 table + '.' + name + ' ' + wrong + ", not " + shown(node));
      else if (!wrong.empty())
        complain(node, table + '.' + name + ": " + wrong);
    }
  }

  void unknown_section(const std::string& name, const toml::node& node) {
    std::string hint;
    if (!node.is_table()) {
      for (auto& key : detail::config_keys())
        if (key.name == name)
          hint = "; it belongs into section [" + key.section + ']';
      return complain(node, "unknown key '" + name + '\'' + hint);
    }
    std::vector<std::string> names;
    for (auto& key : detail::config_keys())
      names.push_back(key.section);
    if (auto meant = detail::closest(name, names); !meant.empty())
      hint = "; did you mean [" + meant + "]?";
    complain(node, "unknown section [" + name + ']' + hint);
  }

  void unknown_key(const std::string& section, const std::string& name,
                   const toml::node& node) {
    std::vector<std::string> names;
    std::string elsewhere;
    for (auto& key : detail::config_keys())
      if (key.section == section)
        names.push_back(key.name);
      else if (key.name == name)
        elsewhere = key.section;
    std::string hint;
    if (!elsewhere.empty())
      hint = "; it belongs into section [" + elsewhere + ']';
    else if (auto meant = detail::closest(name, names); !meant.empty())
      hint = "; did you mean '" + meant + "'?";
    complain(node, "unknown key '" + section + '.' + name + '\'' + hint);
  }

  /// What is right by itself may be wrong together.
  void check_pairs(const toml::table& file) {
    auto& locks = config_.engine.locks;
    auto& limits = config_.limits;
    check_order(file, "locks", "timeout_ms", locks.timeout_ms, "timeout_max_ms",
                locks.timeout_max_ms);
    check_order(file, "locks", "retry_base_ms", locks.retry_base_ms,
                "retry_max_ms", locks.retry_max_ms);
    check_order(file, "limits", "body_bytes_max", limits.body_bytes_max,
                "batch_bytes_max", limits.batch_bytes_max);
    check_patience(file);
    check_access(file);
    check_outside(file);
  }

  /// An order that got lost can be sent again only while the exchange is still
  /// asked when it is sure: docs/mexc.md.
  void check_patience(const toml::table& file) {
    constexpr std::int64_t clock_slack_ms = 1000;
    auto& mexc = config_.mexc;
    auto& patience_ms = config_.engine.orders.reconcile_ms;
    auto needed_ms =
        mexc.recv_window_ms + mexc.reconcile_margin_ms + clock_slack_ms;
    if (config_.exchange != exchange_kind::mexc || patience_ms > needed_ms)
      return;
    auto set = file["trades"]["reconcile_ms"];
    if (!set) {
      patience_ms = needed_ms + mexc.request_timeout_ms;
      return;
    }
    complain(*set.node(),
             "trades.reconcile_ms must be more than mexc.recv_window_ms + "
             "mexc.reconcile_margin_ms + 1000 (" +
                 std::to_string(needed_ms) + "), not " +
                 std::to_string(patience_ms));
  }

  /// What is on has to know whom it speaks to.
  void check_outside(const toml::table& file) {
    auto needs = [&](const std::string& section, bool on,
                     const std::string& value, const std::string& name) {
      if (on && value.empty())
        complain(*file[section]["enabled"].node(),
                 section + ".enabled needs " + section + '.' + name);
    };
    auto& messages = config_.engine.messages;
    needs("telegram", messages.telegram && !config_.telegram.console,
          messages.chat_id, "chat_id");
    if (messages.telegram && !config_.telegram.console &&
        !messages.chat_id.empty() && !is_telegram_chat(messages.chat_id))
      complain(*file["telegram"]["chat_id"].node(),
               "telegram.chat_id must be a chat's number such as "
               "-1001234567890, or a channel's name such as \"@my_signals\", "
               "not \"" +
                   messages.chat_id + '"');
    if (config_.control_bot.enabled && config_.control_bot.user_ids.empty())
      complain(*file["control_bot"]["enabled"].node(),
               "control_bot.enabled needs control_bot.user_ids, the Telegram "
               "users who may command the node, such as [123456789]");
    auto& metaapi = config_.metaapi;
    needs("metaapi", metaapi.enabled, metaapi.base_url, "base_url");
    needs("metaapi", metaapi.enabled, metaapi.feed.account_id, "account_id");
    messages.webhook = !config_.webhook.url.empty();
    check_alerts(file);
  }

  void check_alerts(const toml::table& file) {
    auto& alerts = config_.engine.alerts;
    alerts.webhook = !config_.alert_post.url.empty();
    auto& chat = alerts.telegram_chat_id;
    if (chat.empty())
      return;
    auto& at = *file["alerts"]["telegram_chat_id"].node();
    if (!config_.engine.messages.telegram)
      complain(at, "alerts.telegram_chat_id needs telegram.enabled = true");
    else if (!config_.telegram.console && !is_telegram_chat(chat))
      complain(at, "alerts.telegram_chat_id must be a chat's number such as "
                   "-1001234567890, or a channel's name such as "
                   "\"@my_alerts\", not \"" +
                       chat + '"');
  }

  /// Without tokens every caller may do everything, so nobody from outside may
  /// call.
  void check_access(const toml::table& file) {
    auto& tls = config_.tls;
    if (auto listen = file["node"]["listen"]; listen &&
                                              !is_loopback(config_.listen) &&
                                              config_.auth.tokens_file.empty())
      complain(
          *listen.node(),
          "node.listen refuses to listen on " + config_.listen.host +
              " without [auth] tokens_file; only loopback addresses such "
              "as 127.0.0.1 and [::1] are open to callers without a token");
    if (tls.certificate.empty() != tls.private_key.empty())
      complain(*file["tls"].node(),
               tls.certificate.empty()
                   ? "tls.private_key needs tls.certificate beside it"
                   : "tls.certificate needs tls.private_key beside it");
  }

  /// A smaller value that the file does not set gives way to the larger one.
  template <class T>
  void check_order(const toml::table& file, const std::string& section,
                   const std::string& small_name, T& small,
                   const std::string& large_name, const T& large) {
    auto set = file[section][small_name];
    if (!set)
      small = std::min(small, large);
    if (small > large)
      complain(*set.node(), section + '.' + small_name +
                                " must not be larger "
                                "than " +
                                section + '.' + large_name + " (" +
                                std::to_string(large) + "), not " +
                                std::to_string(small));
  }

  std::string name_;
  node_config config_;
  std::vector<std::pair<std::uint32_t, std::string>> problems_;
};

} // namespace

config_error::config_error(std::vector<std::string> what)
    : std::runtime_error(joined(what)), problems(std::move(what)) {}

node_config parse_config(std::string_view text, const std::string& name) {
  toml::table file;
  try {
    file = toml::parse(text, name);
  } catch (const toml::parse_error& wrong) {
    throw config_error{{name + ':' + std::to_string(wrong.source().begin.line) +
                        ": " + std::string{wrong.description()}}};
  }
  return reader{name}.read(file);
}

node_config load_config(const std::string& path) {
  auto unreadable = [&](const std::string& why) {
    return config_error{{path + ": cannot be read: " + why}};
  };
  if (std::filesystem::is_directory(path))
    throw unreadable("it is a directory");
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw unreadable(std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (in.bad())
    throw unreadable("read error");
  return parse_config(text, path);
}

} // namespace holdfast
