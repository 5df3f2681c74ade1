// `holdfast journal`: history, and what happens now.
// Must not know how events come about.
#include "node/cli/client_commands.hpp"
#include "node/cli/text_table.hpp"
#include "node/commands.hpp"

#include <algorithm>
#include <ostream>
#include <thread>

namespace holdfast {

namespace {

using nlohmann::json;

constexpr std::int64_t page_max = 1000;
/// Sequence numbers stay below 2^53.
constexpr std::int64_t seq_end = std::int64_t{1} << 53;

std::string target(const journal_args& args, std::int64_t after,
                   std::int64_t limit, std::int64_t wait_ms) {
  return with_query("/v1/journal",
                    {{"resourceId", args.resource},
                     {"after", std::to_string(after)},
                     {"limit", std::to_string(limit)},
                     {"waitMs", wait_ms > 0 ? std::to_string(wait_ms) : ""}});
}

/// The newest number, 0 when there is none. The API lists oldest first, so it
/// is found by halving: about fifty small reads, however long the journal.
std::int64_t last_seq(api_session& node) {
  auto known = std::int64_t{0};
  auto beyond = seq_end - 1;
  while (known + 1 < beyond) {
    auto middle = known + (beyond - known) / 2;
    auto page = parse_answer(node.get(target({}, middle - 1, 1, 0)));
    if (page.at("items").empty())
      beyond = middle;
    else
      known =
          std::max(middle, page.at("items")[0].at("seq").get<std::int64_t>());
  }
  return known;
}

/// One line for people: number, time, kind, and what there is to say.
std::string to_line(const json& event) {
  std::string text = cell_of(event, "seq") + "  " + cell_of(event, "at") + "  ";
  auto kind = cell_of(event, "kind");
  kind.resize(std::max<std::size_t>(kind.size(), 14), ' ');
  text += kind;
  for (auto name : {"resourceId", "lockId", "ownerId", "actor"})
    if (auto value = cell_of(event, name); !value.empty())
      text += "  " + value;
  if (event.contains("detail") && !event["detail"].empty())
    text += "  " + cell_of(event, "detail");
  text = escaped_for_terminal(text);
  auto width = terminal_width();
  return width > 0 ? cut_to_width(text, width) : text;
}

/// Writes a page event by event; answers the number to go on from.
std::int64_t write_events(const std::string& body, bool as_json,
                          std::int64_t from, std::ostream& out) {
  auto raw = raw_items(body);
  auto page = parse_answer(body);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    auto& event = page.at("items")[i];
    if (as_json)
      out << raw[i] << '\n';
    else
      out << to_line(event) << '\n';
    from = std::max(from, event.at("seq").get<std::int64_t>());
  }
  out << std::flush;
  return from;
}

/// Never returns by itself. A node that goes away is asked again: what was
/// missed meanwhile comes first.
int follow(api_session& node, const journal_args& args, std::ostream& out,
           std::ostream& err) {
  constexpr std::int64_t wait_ms = 30'000;
  constexpr std::chrono::seconds pause{1};
  auto from = args.after >= 0 ? args.after : last_seq(node);
  auto silent = false;
  while (out) {
    try {
      from = write_events(node.get(target(args, from, page_max, wait_ms)),
                          args.client.json, from, out);
      silent = false;
      continue;
    } catch (const node_silent& why) {
      if (!silent)
        err << "holdfast: " << why.what() << "; asking again" << std::endl;
    } catch (const node_refused& no) {
      if (no.status != 503)
        throw;
      if (!silent)
        err << "holdfast: " << no.what() << "; asking again" << std::endl;
    }
    silent = true;
    std::this_thread::sleep_for(pause);
  }
  return exit_code::error;
}

} // namespace

int journal_command(const journal_args& args, std::ostream& out,
                    std::ostream& err) {
  return run_client(args.client, out, err, [&](api_session& node) {
    if (args.follow)
      return follow(node, args, out, err);
    auto from = std::max<std::int64_t>(args.after, 0);
    auto limit = args.limit;
    if (args.last > 0) {
      from = std::max<std::int64_t>(last_seq(node) - args.last, 0);
      limit = args.last;
    }
    if (args.client.json && !args.all) {
      out << node.get(target(args, from, limit, 0)) << std::endl;
      return exit_code::done;
    }
    std::string joined;
    while (true) {
      auto body = node.get(target(args, from, limit, 0));
      auto before = from;
      if (args.client.json)
        for (auto raw : raw_items(body))
          (joined += joined.empty() ? "" : ",") += raw;
      auto page = parse_answer(body);
      for (auto& event : page.at("items")) {
        if (!args.client.json)
          out << to_line(event) << '\n';
        from = event.at("seq");
      }
      if (!args.all || from == before)
        break;
    }
    if (args.client.json)
      out << "{\"items\":[" << joined << "]}";
    out << (args.client.json ? "\n" : "") << std::flush;
    return exit_code::done;
  });
}

} // namespace holdfast
