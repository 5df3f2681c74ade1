#include "node/outside.hpp"

#include "adapters/console_messenger.hpp"
#include "adapters/http_caller.hpp"
#include "adapters/metaapi_source.hpp"
#include "adapters/mexc_exchange.hpp"
#include "adapters/telegram_bot.hpp"
#include "adapters/telegram_control.hpp"
#include "adapters/webhook_poster.hpp"
#include "node/exchange_keys.hpp"
#include "node/secrets.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <ostream>

namespace holdfast {

namespace {

using std::chrono::milliseconds;

/// MetaApi's tokens are long.
constexpr std::size_t token_bytes_max = 16'384;

bool speaks_to_telegram(const node_config& config) {
  return config.engine.messages.telegram && !config.telegram.console;
}

telegram_options telegram_of(const node_config& config,
                             const outside_secrets& secrets) {
  return {config.telegram.base_url, secrets.telegram_token,
          config.engine.messages.chat_id,
          milliseconds{config.telegram.request_timeout_ms}};
}

std::string load_telegram_token(const telegram_settings& from,
                                const char* needed_by,
                                std::vector<std::string>& warnings) {
  secret_source source{"telegram.token_file", from.token_file,
                       "HOLDFAST_TELEGRAM_TOKEN", needed_by, "token"};
  auto token = load_secret(source, warnings);
  if (!is_telegram_token(token))
    throw config_error{
        {(from.token_file.empty() ? source.variable : from.token_file) +
         ": is no token of a Telegram bot, such as 123456:AbC-dEf"}};
  return token;
}

/// Scheme, host and port of a URL: what is behind them may be a secret.
std::string origin_of(const std::string& url) {
  auto host = url.find("//") + 2;
  return url.substr(0, url.find_first_of("/?", host));
}

mexc_options options_of(const mexc_settings& from, const mexc_keys& keys,
                        spdlog::logger& log) {
  mexc_options options;
  options.access = {from.base_url, keys, from.recv_window_ms,
                    milliseconds{from.request_timeout_ms}};
  options.reconcile_margin_ms = from.reconcile_margin_ms;
  options.warn = [&log](const std::string& text) { log.warn("{}", text); };
  return options;
}

/// As fast as it is taken.
notifier_settings unpaced(notifier_settings pace) {
  pace.chat_burst = 0;
  pace.per_second = 0;
  return pace;
}

/// A webhook is told at least once.
notifier_settings pace_of(const webhook_settings& from) {
  notifier_settings pace;
  pace.resend_unknown = true;
  pace.attempts_max = from.attempts_max;
  return unpaced(pace);
}

template <class Handle>
void end(Handle& actor) {
  if (actor)
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  actor = nullptr;
}

} // namespace

struct outside::impl {
  impl(caf::actor_system& sys, const node_config& config,
       const outside_secrets& secrets, spdlog::logger& log, std::ostream& out)
      : telegram_pace(config.telegram.console ? unpaced(config.telegram.pace)
                                              : config.telegram.pace),
        webhook_pace(pace_of(config.webhook)), feed(config.metaapi.feed) {
    add_exchange(sys, config, secrets, log);
    add_telegram(sys, config, secrets, log, out);
    add_control(sys, config, secrets, log);
    webhook = make_poster(sys, config.webhook.url, "signals", secrets, log);
    alerts = make_poster(sys, config.alert_post.url, "alerts", secrets, log);
    add_source(sys, config, secrets, log);
  }

  ~impl() {
    end(exchange);
    end(telegram);
    end(control);
    end(webhook);
    end(alerts);
    end(source);
  }

  void add_exchange(caf::actor_system& sys, const node_config& config,
                    const outside_secrets& secrets, spdlog::logger& log) {
    if (config.exchange == exchange_kind::paper)
      exchange = spawn_paper_exchange(sys, config.paper);
    if (config.exchange != exchange_kind::mexc)
      return;
    log.info("holdfast: trading on {}", config.mexc.base_url);
    // Orders wait behind nothing else.
    exchange =
        spawn_mexc_exchange(sys, options_of(config.mexc, secrets.exchange, log),
                            std::make_shared<http_caller>());
  }

  void add_telegram(caf::actor_system& sys, const node_config& config,
                    const outside_secrets& secrets, spdlog::logger& log,
                    std::ostream& out) {
    auto& messages = config.engine.messages;
    if (!messages.telegram)
      return;
    if (config.telegram.console) {
      telegram = spawn_console_messenger(
          sys, {messages.chat_id, [&out](const std::string& text) {
                  out << text << std::flush;
                }});
      return log.info("holdfast: messages are printed");
    }
    telegram = spawn_telegram_bot(sys, telegram_of(config, secrets), caller());
    log.info("holdfast: messages go to the chat {} by {}", messages.chat_id,
             config.telegram.base_url);
  }

  void add_control(caf::actor_system& sys, const node_config& config,
                   const outside_secrets& secrets, spdlog::logger& log) {
    if (!config.control_bot.enabled)
      return;
    http_caller_options large;
    large.body_bytes_max = updates_bytes_max;
    // A poll that waits holds up nothing else.
    control = spawn_telegram_control(sys, telegram_of(config, secrets),
                                     std::make_shared<http_caller>(large));
    operators.user_ids = config.control_bot.user_ids;
    operators.log = [&log](const std::string& text) { log.info("{}", text); };
    log.info("holdfast: {} users may command it by {}",
             operators.user_ids.size(), config.telegram.base_url);
  }

  messenger_actor make_poster(caf::actor_system& sys, const std::string& url,
                              const char* what, const outside_secrets& secrets,
                              spdlog::logger& log) {
    if (url.empty())
      return {};
    webhook_options options;
    options.url = url;
    options.secret = secrets.webhook_secret;
    log.info("holdfast: {} are posted to {}", what, origin_of(url));
    if (!check_base_url(origin_of(url), "").empty())
      log.warn("holdfast: {} travel readably to {}", what, origin_of(url));
    return spawn_webhook_poster(sys, std::move(options), caller());
  }

  void add_source(caf::actor_system& sys, const node_config& config,
                  const outside_secrets& secrets, spdlog::logger& log) {
    auto& metaapi = config.metaapi;
    if (!metaapi.enabled)
      return;
    metaapi_options options;
    options.base_url = metaapi.base_url;
    options.account_id = metaapi.feed.account_id;
    options.token = secrets.metaapi_token;
    // Some 600 bytes for each position: a list that is too large is none.
    http_caller_options large;
    large.body_bytes_max = 8 << 20;
    source = spawn_metaapi_source(sys, std::move(options),
                                  std::make_shared<http_caller>(large));
    log.info("holdfast: following the account {} at {}",
             metaapi.feed.account_id, metaapi.base_url);
  }

  /// One for all that is told.
  std::shared_ptr<http_caller> caller() {
    if (!http)
      http = std::make_shared<http_caller>();
    return http;
  }

  notifier_settings telegram_pace;
  notifier_settings webhook_pace;
  feed_settings feed;
  control_settings operators;
  std::shared_ptr<http_caller> http;
  exchange_actor exchange;
  messenger_actor telegram;
  control_channel_actor control;
  messenger_actor webhook;
  messenger_actor alerts;
  position_source_actor source;
};

outside::outside(caf::actor_system& sys, const node_config& config,
                 const outside_secrets& secrets, spdlog::logger& log,
                 std::ostream& out)
    : impl_(std::make_unique<impl>(sys, config, secrets, log, out)) {}

outside::~outside() = default;

void outside::serve(engine& hf) const {
  if (impl_->exchange)
    hf.trade_on(impl_->exchange);
  if (impl_->telegram)
    hf.notify_on(channel::telegram, impl_->telegram, impl_->telegram_pace);
  if (impl_->control)
    hf.commands_from(impl_->control, impl_->operators);
  if (impl_->webhook)
    hf.notify_on(channel::webhook, impl_->webhook, impl_->webhook_pace);
  if (impl_->alerts)
    hf.notify_on(channel::alerts, impl_->alerts, impl_->webhook_pace);
  if (impl_->source)
    hf.feed_from(impl_->source, impl_->feed);
}

outside_secrets load_secrets(const node_config& config,
                             std::vector<std::string>& warnings) {
  outside_secrets found;
  if (config.exchange == exchange_kind::mexc)
    found.exchange = load_mexc_keys(config.mexc, warnings);
  if (speaks_to_telegram(config) || config.control_bot.enabled)
    found.telegram_token = load_telegram_token(
        config.telegram,
        speaks_to_telegram(config) ? "telegram.enabled" : "control_bot.enabled",
        warnings);
  if (!config.webhook.url.empty() || !config.alert_post.url.empty())
    found.webhook_secret =
        load_secret({"signals.webhook_secret_file", config.webhook.secret_file,
                     "HOLDFAST_WEBHOOK_SECRET", "", "secret"},
                    warnings);
  if (config.metaapi.enabled)
    found.metaapi_token = load_secret(
        {"metaapi.token_file", config.metaapi.token_file,
         "HOLDFAST_METAAPI_TOKEN", "metaapi.enabled", "token", token_bytes_max},
        warnings);
  return found;
}

std::string describe_outside(const node_config& config) {
  auto& messages = config.engine.messages;
  auto& metaapi = config.metaapi;
  std::string text = "exchange: ";
  text += config.exchange == exchange_kind::paper  ? "paper"
          : config.exchange == exchange_kind::mexc ? config.mexc.base_url
                                                   : "none";
  text += "\ntelegram: ";
  text += !messages.telegram ? "off"
          : config.telegram.console
              ? "printed"
              : "chat " + messages.chat_id + " by " + config.telegram.base_url;
  text += "\nwebhook: ";
  text += config.webhook.url.empty() ? "off" : origin_of(config.webhook.url);
  auto& alerts = config.engine.alerts;
  text += "\nalerts: ";
  text += alerts.telegram_chat_id.empty() && config.alert_post.url.empty()
              ? "journal only"
              : "";
  if (!alerts.telegram_chat_id.empty())
    text += "chat " + alerts.telegram_chat_id;
  if (!config.alert_post.url.empty())
    text += (alerts.telegram_chat_id.empty() ? "" : ", ") +
            origin_of(config.alert_post.url);
  text += "\nmetaapi: ";
  text += !metaapi.enabled ? "off"
                           : "account " + metaapi.feed.account_id + " at " +
                                 metaapi.base_url;
  text += "\ncontrol bot: ";
  text += !config.control_bot.enabled
              ? "off"
              : std::to_string(config.control_bot.user_ids.size()) +
                    " users by " + config.telegram.base_url;
  return text + '\n';
}

} // namespace holdfast
