// What positions cost a node: reports of new ones and of known ones, alone and
// in batches, and the memory of many that are open.
#include "bench/closed_loop.hpp"
#include "bench/node_process.hpp"
#include "bench/store_commits.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <exception>
#include <stdexcept>

using namespace holdfast::bench;

namespace {

struct settings {
  std::vector<std::size_t> outstanding{1, 64};
  std::vector<std::size_t> batches{1, 100};
  std::uint64_t positions = 6'400;
  std::uint64_t open = 0;
  unsigned rounds = 3;
  bool telegram = false;
  std::string program;
  std::string parent = std::filesystem::temp_directory_path();
};

const std::vector<column> columns{
    {"clients"}, {"batch"},          {"new/s"},      {"p50 us"},
    {"p99 us"},  {"commits/new", 2}, {"CPU us"},     {"known/s"},
    {"p50 us"},  {"p99 us"},         {"commits", 2}, {"CPU us"}};

using row = std::array<double, 12>;

std::string report_of(std::uint64_t n) {
  return R"({"event":"opened","accountId":"acc-)" + std::to_string(n % 8) +
         R"(","positionId":")" + std::to_string(250'000'000 + n) +
         R"(","symbol":"EURUSD","type":"BUY","volume":"0.10",)"
         R"("openPrice":"1.08431","stopLoss":"1.08131",)"
         R"("takeProfit":"1.08931","time":"2026-02-10T00:12:17.000Z"})";
}

/// Bodies for the positions from `next` on, `batch` in each.
std::string next_body(std::uint64_t& next, std::size_t batch) {
  if (batch == 1)
    return report_of(next++);
  std::string body{"["};
  for (std::size_t i = 0; i < batch; ++i)
    body += (i == 0 ? "" : ",") + report_of(next++);
  return body + ']';
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size()))
    ++n;
  return n;
}

closed_loop::check_fn expect(const char* outcome, std::size_t batch) {
  return [wanted = R"("outcome":")" + std::string{outcome} + '"',
          batch](const http_answer& got) {
    if (got.status != 200 || count(got.body, wanted) != batch)
      throw std::runtime_error{"not all are " + wanted + ": " +
                               std::to_string(got.status) + ' ' +
                               std::string{got.body.substr(0, 300)}};
  };
}

std::string config_of(const settings& s) {
  return s.telegram ? "[telegram]\nenabled = true\ntransport = \"console\"\n"
                      "chat_id = \"bench\"\n"
                    : "";
}

/// All positions once, and then all once more.
row measure(const settings& s, std::size_t outstanding, std::size_t batch) {
  scratch_directory dir{s.parent};
  node_process node{s.program, dir.path(), config_of(s)};
  closed_loop clients{node.where(), outstanding};
  auto data = dir.path() + "/data";
  auto events = static_cast<double>(s.positions);
  row result{static_cast<double>(outstanding), static_cast<double>(batch)};
  std::size_t at = 2;
  for (auto outcome : {"created", "duplicate"}) {
    std::uint64_t next = 0;
    auto commits_before = commits_of(data);
    auto cpu_before = cpu_seconds_of(node.pid());
    auto all = clients.post(
        s.positions / batch, "/v1/positions",
        [&](std::size_t) { return next_body(next, batch); },
        expect(outcome, batch));
    result[at++] = events / all.seconds;
    result[at++] = all.each.percentile_us(50);
    result[at++] = all.each.percentile_us(99);
    result[at++] = (commits_of(data) - commits_before) / events;
    result[at++] = (cpu_seconds_of(node.pid()) - cpu_before) / events * 1e6;
  }
  return result;
}

void measure_all(const settings& s) {
  std::vector<std::vector<row>> rounds(s.outstanding.size() * s.batches.size());
  for (auto round = 0U; round < s.rounds; ++round) {
    auto* to = rounds.data();
    for (auto outstanding : s.outstanding)
      for (auto batch : s.batches)
        (to++)->push_back(measure(s, outstanding, batch));
  }
  print_head(columns);
  for (const auto& all : rounds)
    print_row(columns, medians(all).data());
}

/// Opens many, and starts a second node on what the first one left.
void measure_open(const settings& s) {
  constexpr std::size_t batch = 100;
  scratch_directory dir{s.parent};
  auto kib = [](const node_process& node) {
    return status_kib(node.pid(), "RssAnon");
  };
  auto n = static_cast<double>(s.open);
  {
    node_process node{s.program, dir.path(), config_of(s)};
    closed_loop clients{node.where(), 4};
    auto before = kib(node);
    std::uint64_t next = 0;
    clients.post(
        s.open / batch, "/v1/positions",
        [&](std::size_t) { return next_body(next, batch); },
        expect("created", batch));
    std::printf("%.0f open positions: %.0f MiB of memory of its own more "
                "(%.2f KiB each)\n",
                n, (kib(node) - before) / 1024, (kib(node) - before) / n);
  }
  auto begin = clock::now();
  node_process node{s.program, dir.path(), config_of(s)};
  std::printf("started again: ready after %.2f s, %.0f MiB of its own\n",
              seconds(clock::now() - begin), kib(node) / 1024);
}

} // namespace

int main(int argc, char** argv) {
  settings s;
  CLI::App app{"Reports of positions, new ones and known ones."};
  app.add_option("--program", s.program, "holdfast")->required();
  app.add_option("--dir", s.parent, "where the data is made and removed");
  app.add_option("--outstanding", s.outstanding, "clients (1 64)");
  app.add_option("--batch", s.batches, "reports in each request (1 100)");
  app.add_option("--positions", s.positions, "in each round (6400)");
  app.add_option("--rounds", s.rounds, "(3)");
  app.add_flag("--telegram", s.telegram, "with messages, on the console");
  app.add_option("--open", s.open, "only the memory of so many open positions");
  CLI11_PARSE(app, argc, argv);
  try {
    s.open > 0 ? measure_open(s) : measure_all(s);
    return 0;
  } catch (const std::exception& why) {
    std::fprintf(stderr, "bench: %s\n", why.what());
    return 1;
  }
}
