// `holdfast replay`: files, clock, connections and output around a replay.
#include "node/commands.hpp"
#include "node/progress_bar.hpp"
#include "node/replay_check.hpp"
#include "node/replay_messages.hpp"
#include "node/replay_positions.hpp"
#include "node/replay_trades.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <ostream>
#include <thread>
#include <unistd.h>

namespace holdfast {

namespace {

using nlohmann::json;

std::vector<replay_line> load_script(const std::string& file) {
  std::ifstream in{file};
  if (!in)
    throw script_error{file + ": cannot be read: " + std::strerror(errno)};
  return parse_script(in, file);
}

std::int64_t steady_ms() {
  using namespace std::chrono;
  auto now = steady_clock::now().time_since_epoch();
  return duration_cast<milliseconds>(now).count();
}

std::string fetch_text(http_client& node, const std::string& target) {
  client_request request;
  request.target = target;
  auto answer = node.call(std::move(request));
  if (answer.status == 0)
    throw node_unreachable{"no answer from the node: " + answer.error};
  if (answer.status != 200)
    throw std::runtime_error("GET " + target + " was answered " +
                             std::to_string(answer.status) + ": " +
                             answer.body.substr(0, 200));
  return answer.body;
}

json fetch(http_client& node, const std::string& target) {
  return json::parse(fetch_text(node, target));
}

/// 0 when the node does not tell: what is wrong with it is found by the replay.
std::uint64_t commits_of(http_client& node) {
  client_request request;
  request.target = "/metrics";
  return commits_told(node.call(std::move(request)).body);
}

std::string progress_of(const replay_tally& tally) {
  auto n = [](std::size_t x) { return std::to_string(x); };
  if (!tally.positions.empty())
    return n(tally.events_of("created")) + " signals, " +
           n(tally.events_of("duplicate")) + " duplicates";
  return n(tally.granted) + " granted, " + n(tally.replayed) + " replayed";
}

replay_tally run(const replay_args& args, http_client& node,
                 std::ostream& err) {
  auto lines = load_script(args.file);
  replay_tally tally;
  replay_options how;
  how.speed = args.speed;
  progress_bar bar{err, is_terminal(STDERR_FILENO), lines.size()};
  replay(lines, node, steady_ms, how, [&](const replay_answer& answer) {
    tally.add(answer);
    bar.update(tally.lines, progress_of(tally));
  });
  return tally;
}

/// Messages leave after the answers, each at its chat's pace: gives them a
/// minute.
void wait_for_messages(const replay_tally& tally, const fetch_fn& read) {
  for (auto until = steady_ms() + 60'000;
       steady_ms() < until && waiting_messages(tally.positions, read) > 0;)
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
}

/// All checks; those of trades and positions only where there were some.
struct findings {
  intent_report intents;
  trade_report trades;
  position_report positions;
  replay_messages messages;
  std::uint64_t commits = 0; ///< of the node, since the replay began

  bool ok() const { return faults().empty(); }

  std::vector<std::string> faults() const {
    auto all = intents.faults;
    all.insert(all.end(), trades.faults.begin(), trades.faults.end());
    all.insert(all.end(), positions.faults.begin(), positions.faults.end());
    all.insert(all.end(), messages.faults.begin(), messages.faults.end());
    return all;
  }
};

findings check(const replay_tally& tally, http_client& node) {
  auto read = [&](const std::string& target) { return fetch(node, target); };
  findings result;
  result.intents = check_intents(tally.intents, read);
  if (!tally.trades.empty())
    result.trades = check_trades(tally.trades, read);
  if (!tally.positions.empty()) {
    wait_for_messages(tally, read);
    result.positions = check_positions(tally.positions, read);
    result.messages = count_messages(tally.positions, read);
  }
  return result;
}

json to_json(const findings& found) {
  return {
      {"ok", found.ok()},
      {"once", found.intents.once},
      {"never", found.intents.never},
      {"trades",
       {{"executed", found.trades.executed},
        {"without", found.trades.without},
        {"open", found.trades.open}}},
      {"positions",
       {{"once", found.positions.once}, {"unseen", found.positions.unseen}}},
      {"messages",
       {{"sent", found.messages.sent},
        {"edited", found.messages.edited},
        {"failed", found.messages.failed},
        {"unknown", found.messages.unknown},
        {"waiting", found.messages.waiting}}},
      {"commits", found.commits},
      {"faults", found.faults()}};
}

/// A line for each kind of thing that was asked for, for the locks also when
/// there was nothing else.
std::string to_sentences(const findings& found, const replay_tally& tally) {
  std::string text;
  if (!tally.intents.empty() ||
      (tally.trades.empty() && tally.positions.empty()))
    text += to_sentence(found.intents, tally) + '\n';
  if (!tally.trades.empty())
    text += to_sentence(found.trades) + '\n';
  if (!tally.positions.empty())
    text += to_sentence(found.positions, tally) + '\n' +
            to_sentence(found.messages, found.commits) + '\n';
  return text;
}

int report(const replay_args& args, const replay_tally& tally,
           http_client& node, std::uint64_t commits_before, std::ostream& out) {
  auto result = to_json(tally);
  findings found;
  if (args.check) {
    found = check(tally, node);
    auto commits = commits_of(node);
    // A node that was started again has begun to count anew.
    found.commits =
        commits >= commits_before ? commits - commits_before : commits;
    result["check"] = to_json(found);
  }
  if (args.client.json) {
    out << result.dump() << std::endl;
  } else {
    out << to_table(tally);
    for (auto& fault : found.faults())
      out << "FAULT: " << fault << '\n';
    if (args.check)
      out << to_sentences(found, tally);
    out << std::flush;
  }
  return found.ok() ? exit_code::done : exit_code::refused;
}

} // namespace

int replay_command(const replay_args& args, std::ostream& out,
                   std::ostream& err) {
  try {
    http_client node{to_access(args.client)};
    auto commits_before = args.check ? commits_of(node) : 0;
    auto tally = run(args, node, err);
    return report(args, tally, node, commits_before, out);
  } catch (const node_unreachable& why) {
    err << "holdfast: " << args.client.url << ": " << why.what() << std::endl;
  } catch (const std::invalid_argument& why) {
    err << "holdfast: " << why.what() << std::endl;
    return exit_code::usage;
  } catch (const std::exception& why) {
    err << "holdfast: " << why.what() << std::endl;
  }
  return exit_code::error;
}

} // namespace holdfast
