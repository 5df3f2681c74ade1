// `holdfast node`: wires log, engine, gateway and signals together.
#include "engine/engine.hpp"
#include "gateway/gateway.hpp"
#include "node/access_files.hpp"
#include "node/commands.hpp"
#include "node/log.hpp"
#include "node/outside.hpp"
#include "node/service_manager.hpp"
#include "node/signals.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ostream>
#include <sys/resource.h>
#include <thread>

namespace holdfast {

namespace {

using std::chrono::milliseconds;

/// How long clients have to take their last answers.
constexpr milliseconds stop_within{1000};

/// The soft limit of open files is made for programs that use select().
void raise_open_files_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void prepare(caf::actor_system_config& cfg) {
  init_types(cfg);
  auto threads = std::max(2U, std::thread::hardware_concurrency());
  cfg.set("scheduler.max-threads", static_cast<std::size_t>(threads));
}

gateway_options to_gateway_options(const node_config& config) {
  auto& from = config.limits;
  gateway_options result;
  result.host = config.listen.host;
  result.port = config.listen.port;
  result.limits.header_bytes_max = from.header_bytes_max;
  result.limits.connections_max = from.connections_max;
  result.limits.header_timeout = milliseconds{from.header_timeout_ms};
  result.limits.body_timeout = milliseconds{from.body_timeout_ms};
  result.limits.idle_timeout = milliseconds{from.idle_timeout_ms};
  result.limits.write_timeout = milliseconds{from.write_timeout_ms};
  result.limits.stream_bytes_max = from.event_stream_bytes_max;
  result.limits.stream_heartbeat = milliseconds{from.event_heartbeat_ms};
  result.event_streams_max = from.event_streams_max;
  result.body_bytes_max = from.body_bytes_max;
  result.batch_bytes_max = from.batch_bytes_max;
  result.json_depth_max = from.json_depth_max;
  result.timeout_max_ms = config.engine.locks.timeout_max_ms;
  if (config.exchange != exchange_kind::none)
    result.trades = config.trades;
  result.hosts = config.hosts;
  result.rate.per_second = static_cast<double>(config.auth.requests_per_s);
  result.rate.burst = static_cast<double>(config.auth.burst);
  return result;
}

/// What the engine found in its store, in words.
std::string recovered(caf::actor_system& sys, const engine& hf) {
  std::string text = "unknown";
  caf::scoped_actor self{sys};
  self->request(hf.queries(), std::chrono::seconds{10}, get_stats{})
      .receive(
          [&](const stats& x) {
            text = std::to_string(x.active_locks) + " active locks, " +
                   std::to_string(x.queue_length) + " waiting, " +
                   std::to_string(x.in_doubt) + " in doubt, " +
                   std::to_string(x.dead_letters) + " dead letters";
          },
          [&](const caf::error& why) { text = to_problem(why).detail; });
  return text;
}

/// What the access files held when they were last read; the secrets, when the
/// node started.
struct access {
  std::shared_ptr<const token_table> tokens;
  std::shared_ptr<const tls_context> tls;
  outside_secrets outside;
  std::vector<std::string> warnings;
};

/// @throws config_error
access load_access(const node_config& config) {
  access result;
  result.tokens = load_tokens(config.auth, result.warnings);
  result.tls = load_tls(config.tls, result.warnings);
  result.outside = load_secrets(config, result.warnings);
  return result;
}

void tell(const node_config& config, const access& now, spdlog::logger& log) {
  for (auto& warning : now.warnings)
    log.warn("{}", warning);
  if (now.tokens)
    log.info("holdfast: {} tokens loaded from {}", now.tokens->size(),
             config.auth.tokens_file);
  if (now.tls)
    log.info("holdfast: certificate loaded from {}", config.tls.certificate);
}

/// Reads one kind of file again; what was read before stays in use if it is
/// bad now.
template <class F>
void reload(F read, const char* what, spdlog::logger& log) {
  try {
    read();
  } catch (const std::exception& why) {
    log.error("{}", why.what());
    log.error("holdfast: not reloaded: {} as before", what);
  }
}

void reload_access(const node_config& config, gateway& http,
                   spdlog::logger& log) {
  log.info("holdfast: reloading on SIGHUP");
  access now;
  reload([&] { now.tokens = load_tokens(config.auth, now.warnings); },
         "the tokens stay", log);
  reload([&] { now.tls = load_tls(config.tls, now.warnings); },
         "the certificate stays", log);
  if (now.tokens)
    http.use_tokens(now.tokens);
  if (now.tls)
    http.use_tls(now.tls);
  tell(config, now, log);
}

void log_request(spdlog::logger& log, const request_log& x) {
  if (!log.should_log(spdlog::level::debug))
    return;
  auto members = fmt::format(
      R"("method":{},"path":{},"status":{},"durationUs":{},"requestId":{},)"
      R"("caller":{})",
      in_quotes(x.method), in_quotes(x.path), x.status, x.duration.count(),
      in_quotes(x.request_id), in_quotes(x.caller));
  log_with(log, spdlog::level::debug,
           fmt::format("{} {} {} {} us id={} caller={}", x.method, x.path,
                       x.status, x.duration.count(), x.request_id,
                       x.caller.empty() ? "-" : x.caller),
           members);
}

void serve(node_config config, const access& files,
           const service_manager& manager, spdlog::logger& log,
           std::ostream& out) {
  config.engine.warn = [&log](const std::string& text) {
    log.warn("{}", text);
  };
  caf::actor_system_config cfg;
  prepare(cfg);
  caf::actor_system sys{cfg};
  // Made before the engine, which has to be gone before they are.
  outside others{sys, config, files.outside, log, out};
  engine hf{sys, config.engine};
  others.serve(hf);
  auto how = to_gateway_options(config);
  how.log = [&log](const request_log& x) { log_request(log, x); };
  how.tokens = files.tokens;
  how.tls = files.tls;
  gateway http{sys, hf.locks(), hf.queries(), hf.positions(), std::move(how)};
  auto where = config.listen;
  where.port = http.port();
  log.info("holdfast {}: data in {}; recovered: {}", HOLDFAST_VERSION,
           config.engine.data_dir, recovered(sys, hf));
  tell(config, files, log);
  if (!files.tls && !is_loopback(config.listen))
    log.warn("holdfast: tokens travel readably to {} without [tls]",
             config.listen.host);
  auto url = to_url(where, files.tls != nullptr);
  log.info("holdfast: listening on {}", url);
  auto signal = 0;
  {
    auto warn = [&log](const std::string& text) {
      log.warn("holdfast: {}", text);
    };
    auto say = [&](std::string_view state) {
      if (auto failed = manager.tell(state); !failed.empty())
        warn(failed);
    };
    say("READY=1\nSTATUS=listening on " + url);
    signs_of_life signs{manager,
                        [&](std::chrono::milliseconds within) {
                          return hf.is_alive(within / 2) &&
                                 http.is_alive(within / 2);
                        },
                        warn};
    signal = wait_for_stop_signal([&] { reload_access(config, http, log); });
    say("STOPPING=1\nSTATUS=stopping");
  }
  log.info("holdfast: stopping on {}",
           signal == SIGTERM ? "SIGTERM" : "SIGINT");
  // The engine first: it answers everybody who waits, so that the gateway's
  // answers are all but written when it stops.
  hf.stop();
  http.stop(stop_within);
  log.info("holdfast: stopped");
}

int check(const node_config& config, const node_args& args, std::ostream& out) {
  out << (args.config_file.empty() ? "defaults" : args.config_file)
      << ": ok\nlisten: "
      << to_url(config.listen, !config.tls.certificate.empty())
      << "\ndata_dir: " << config.engine.data_dir << '\n'
      << describe_outside(config) << std::flush;
  return exit_code::done;
}

} // namespace

int node_command(const node_args& args, std::ostream& out, std::ostream& err) {
  node_config config;
  access files;
  try {
    if (!args.config_file.empty())
      config = load_config(args.config_file);
    files = load_access(config);
  } catch (const config_error& wrong) {
    for (auto& line : wrong.problems)
      err << "holdfast: " << line << '\n';
    err << std::flush;
    return exit_code::usage;
  }
  if (args.check_config)
    return check(config, args, out);
  auto log = make_logger(config.log_level, config.format);
  try {
    auto manager = service_manager::from_environment();
    block_stop_signals();
    raise_open_files_limit();
    serve(std::move(config), files, manager, *log, out);
    return exit_code::done;
  } catch (const std::exception& why) {
    log->error("holdfast: {}", why.what());
    return exit_code::error;
  }
}

} // namespace holdfast
