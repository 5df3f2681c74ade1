// What Holdfast costs a trade on MEXC: trades through a node on the fake
// exchange, and the same two requests straight to it.
#include "bench/closed_loop.hpp"
#include "bench/direct_trader.hpp"
#include "bench/node_process.hpp"
#include "bench/store_commits.hpp"
#include "node/load/measure.hpp"
#include "node/load/workload.hpp"
#include "tests/support/fake_exchange.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>

using namespace holdfast::bench;
using holdfast::test::fake_config;
using holdfast::test::fake_exchange;

namespace {

constexpr std::uint64_t warm_up = 15;
/// The adapter keeps MEXC's limits: queries weigh 2 of 500 in ten seconds.
constexpr std::uint64_t trades_max = 250 - warm_up;

struct settings {
  std::vector<std::size_t> outstanding{1, 64};
  std::uint64_t trades = trades_max;
  unsigned rounds = 3;
  std::string program;
  std::string exchange;
  std::string parent = std::filesystem::temp_directory_path();
};

const std::vector<column> columns{{"clients"},          {"trades/s"},
                                  {"p50 us"},           {"p99 us"},
                                  {"commits/trade", 2}, {"CPU us/trade"}};

using row = std::array<double, 6>;

row to_row(std::size_t clients, std::uint64_t trades, burst& b) {
  return {static_cast<double>(clients),
          static_cast<double>(trades) / b.seconds,
          b.each.percentile_us(50),
          b.each.percentile_us(99),
          0,
          0};
}

/// Each client with a resource of its own.
class node_clients {
public:
  node_clients(const endpoint& node, std::size_t n) : clients_(node, n) {
    what_.outstanding = n;
  }

  burst trade(std::uint64_t trades) {
    return clients_.post(
        trades, "/v1/trades",
        [this](std::size_t i) { return trade_of(what_, i, ++number_); }, check);
  }

private:
  static void check(const http_answer& got) {
    if (got.status != 201 || json_field(got.body, "status") != "filled")
      throw std::runtime_error{
          "a trade was not filled: " + std::to_string(got.status) + " " +
          std::string{got.body}};
  }

  closed_loop clients_;
  workload what_;
  std::uint64_t number_ = 0;
};

/// Who measures what sends twice measures nothing.
void check_book(const fake_exchange& exchange, std::uint64_t trades) {
  auto book = exchange.book();
  if (book["orders"].size() != trades || book["requests"]["order"] != trades)
    throw std::runtime_error{"the exchange was not sent every order once: " +
                             book["requests"].dump()};
}

row measure_direct(const settings& s) {
  fake_exchange exchange;
  direct_trader trader{exchange.url(), exchange.config().api_key,
                       exchange.config().secret};
  std::uint64_t n = 0;
  while (n < warm_up)
    trader.trade(n++);
  burst all;
  auto begin = clock::now();
  for (; n < warm_up + s.trades; ++n) {
    auto began = clock::now();
    trader.trade(n);
    all.each.add(clock::now() - began);
  }
  all.seconds = seconds(clock::now() - begin);
  check_book(exchange, warm_up + s.trades);
  return to_row(1, s.trades, all);
}

/// A node whose configuration ends with `config`.
row measure_node(const settings& s, std::size_t outstanding,
                 const std::string& config) {
  scratch_directory dir{s.parent};
  node_process node{s.program, dir.path(), config};
  node_clients clients{node.where(), outstanding};
  clients.trade(warm_up);
  auto data = dir.path() + "/data";
  auto commits_before = commits_of(data);
  auto cpu_before = cpu_seconds_of(node.pid());
  auto all = clients.trade(s.trades);
  auto result = to_row(outstanding, s.trades, all);
  auto trades = static_cast<double>(s.trades);
  result[4] = (commits_of(data) - commits_before) / trades;
  result[5] = (cpu_seconds_of(node.pid()) - cpu_before) / trades * 1e6;
  return result;
}

row measure_mexc(const settings& s, std::size_t outstanding) {
  fake_exchange exchange;
  auto result = measure_node(s, outstanding,
                             "[trades]\nexchange = \"mexc\"\n[mexc]\n"
                             "base_url = \"" +
                                 exchange.url() + "\"\n");
  check_book(exchange, warm_up + s.trades);
  return result;
}

void print(const char* title, const std::vector<std::vector<row>>& rows) {
  std::puts(title);
  print_head(columns);
  for (const auto& rounds : rows)
    print_row(columns, medians(rounds).data());
}

/// Everything in turns, so that a busy machine is busy for all of it.
void run(const settings& s) {
  std::vector<std::vector<row>> direct(1);
  std::vector<std::vector<row>> paper(s.outstanding.size());
  std::vector<std::vector<row>> mexc(s.outstanding.size());
  for (auto round = 0U; round < s.rounds; ++round) {
    direct[0].push_back(measure_direct(s));
    for (std::size_t i = 0; i < s.outstanding.size(); ++i) {
      paper[i].push_back(measure_node(s, s.outstanding[i], {}));
      mexc[i].push_back(measure_mexc(s, s.outstanding[i]));
    }
  }
  print("straight to the fake exchange", direct);
  print("POST /v1/trades, on paper", paper);
  print("POST /v1/trades, on the fake exchange", mexc);
}

/// For the children: where the exchange is, and what to sign with.
void set_environment(const settings& s) {
  fake_config who;
  setenv("HOLDFAST_FAKE_MEXC", s.exchange.c_str(), 1);
  setenv("HOLDFAST_MEXC_API_KEY", who.api_key.c_str(), 1);
  setenv("HOLDFAST_MEXC_SECRET_KEY", who.secret.c_str(), 1);
}

} // namespace

int main(int argc, char** argv) {
  settings s;
  CLI::App app{"Trades on the fake exchange, through a node and straight. "
               "Every figure is the median of the rounds."};
  app.add_option("--outstanding", s.outstanding, "clients of the node (1 64)")
      ->check(CLI::Range(1, 1000));
  app.add_option("--trades", s.trades,
                 "of each round (235, what MEXC's limits take at once)")
      ->check(CLI::Range(std::uint64_t{1}, trades_max));
  app.add_option("--rounds", s.rounds, "rounds (3)")->check(CLI::Range(1, 99));
  app.add_option("--dir", s.parent, "where the data is kept and removed");
  app.add_option("--program", s.program, "holdfast")->required();
  app.add_option("--exchange", s.exchange, "fake_mexc")->required();
  CLI11_PARSE(app, argc, argv);
  try {
    set_environment(s);
    run(s);
    return 0;
  } catch (const std::exception& why) {
    std::fprintf(stderr, "bench: %s\n", why.what());
    return 1;
  }
}
