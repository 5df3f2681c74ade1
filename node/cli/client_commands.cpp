#include "node/cli/client_commands.hpp"

#include "messages/json_writer.hpp"
#include "node/cli/text_table.hpp"
#include "node/commands.hpp"

#include <ostream>

namespace holdfast {

namespace {

using nlohmann::json;

list_query to_query(const list_args& args, std::string path) {
  list_query what;
  what.path = std::move(path);
  what.filter = {{"resourceId", args.resource},
                 {"ownerId", args.owner},
                 {"status", args.status},
                 {"accountId", args.account}};
  what.limit = args.limit;
  what.all = args.all;
  return what;
}

int list(const list_args& args, const std::string& path,
         const std::vector<list_column>& columns, std::ostream& out,
         std::ostream& err) {
  return run_client(args.client, out, err, [&](api_session& node) {
    return print_list(node, args.client, to_query(args, path), columns, out,
                      err);
  });
}

/// Two columns: names, with dots where objects are inside, and values.
void write_members(const json& object, std::ostream& out) {
  text_table table{{"NAME", "VALUE"}};
  for (auto& [name, value] : object.items())
    if (value.is_object() && !value.empty())
      for (auto& [inner, x] : value.items())
        table.add({name + '.' + inner, cell_of(value, inner)});
    else
      table.add({name, cell_of(object, name)});
  out << table.text(terminal_width()) << std::flush;
}

/// One call whose answer is one object.
int call(const client_args& args, std::ostream& out, std::ostream& err,
         const std::function<std::string(api_session&)>& ask) {
  return run_client(args, out, err, [&](api_session& node) {
    auto body = ask(node);
    if (args.json)
      out << body << std::endl;
    else
      write_members(parse_answer(body), out);
    return exit_code::done;
  });
}

const std::vector<list_column> lock_columns{
    {"LOCK", "lockId"},         {"RESOURCE", "resourceId"},
    {"OWNER", "ownerId"},       {"STATUS", "status"},
    {"TOKEN", "fencingToken"},  {"PRIO", "priority"},
    {"ACQUIRED", "acquiredAt"}, {"EXPIRES", "expiresAt"}};

const std::vector<list_column> entry_columns{
    {"ENTRY", "entryId"},  {"RESOURCE", "resourceId"}, {"POS", "position"},
    {"PRIO", "priority"},  {"OWNER", "ownerId"},       {"STATUS", "status"},
    {"QUEUED", "queuedAt"}};

const std::vector<list_column> trade_columns{
    {"TRADE", "tradeId"},
    {"SYMBOL", "symbol"},
    {"SIDE", "side"},
    {"TYPE", "type"},
    {"QUANTITY", "quantity"},
    {"QUOTE", "quoteQuantity"},
    {"PRICE", "price"},
    {"OWNER", "ownerId"},
    {"STATUS", "status"},
    {"ORDER", "order.orderId"},
    {"EXECUTED", "order.executedQuantity"},
    {"ERROR", "error"},
    {"CREATED", "createdAt"}};

const std::vector<list_column> position_columns{
    {"ACCOUNT", "accountId"},
    {"POSITION", "positionId"},
    {"PAIR", "pair"},
    {"STATUS", "status"},
    {"SIGNAL", "signalId"},
    {"PROFIT", "lastKnownProfit"},
    {"TELEGRAM", "telegramMessageId"},
    {"CREATED", "createdAt"},
    {"CLOSED", "closedAt"}};

const std::vector<list_column> signal_columns{{"SIGNAL", "signalId"},
                                              {"ACCOUNT", "accountId"},
                                              {"POSITION", "positionId"},
                                              {"PAIR", "pair"},
                                              {"TYPE", "type"},
                                              {"ENTRY", "entryPrice"},
                                              {"SL", "stopLoss"},
                                              {"TP", "takeProfit"},
                                              {"STATUS", "status"},
                                              {"EXIT", "closePrice"},
                                              {"PIPS", "resultPips"},
                                              {"PROFIT", "profit"},
                                              {"TELEGRAM", "telegram.state"},
                                              {"CREATED", "createdAt"}};

const std::vector<list_column> effect_columns{
    {"EFFECT", "effectId"},       {"KIND", "kind"},
    {"STATE", "state"},           {"RESOURCE", "resourceId"},
    {"LOCK", "lockId"},           {"ATTEMPTS", "attempts"},
    {"ORDER", "outcome.orderId"}, {"MESSAGE", "outcome.messageId"},
    {"UPDATED", "updatedAt"}};

const std::vector<list_column> dead_letter_columns{
    {"DEAD LETTER", "deadLetterId"},
    {"KIND", "kind"},
    {"RESOURCE", "resourceId"},
    {"OWNER", "ownerId"},
    {"EFFECT", "effectId"},
    {"ATTEMPTS", "attempts"},
    {"AT", "at"},
    {"REASON", "reason"}};

/// What ends a lock by its own token.
std::string release_body(const release_args& args) {
  std::string body;
  json_writer to{body};
  to.begin_object().raw_member("fencingToken", std::to_string(args.token));
  if (!args.result.empty())
    to.raw_member("result", args.result);
  if (!args.error.empty())
    to.member("error", args.error);
  to.end_object();
  return body;
}

std::string release_by_force(api_session& node, const release_args& args) {
  auto found =
      parse_answer(node.get("/v1/resources/" + percent_encoded(args.what)));
  auto lock = cell_of(found, "lock.lockId");
  if (lock.empty())
    throw node_refused{404, R"({"code":"not-found","detail":"Nobody holds )"
                            R"(this resource.","status":404})"};
  return node.send("DELETE", with_query("/v1/locks/" + percent_encoded(lock),
                                        {{"reason", args.reason}}));
}

} // namespace

int locks_command(const list_args& args, std::ostream& out, std::ostream& err) {
  return list(args, "/v1/locks", lock_columns, out, err);
}

int queue_command(const list_args& args, std::ostream& out, std::ostream& err) {
  return list(args, "/v1/queue", entry_columns, out, err);
}

int trades_command(const list_args& args, std::ostream& out,
                   std::ostream& err) {
  return list(args, "/v1/trades", trade_columns, out, err);
}

int positions_command(const list_args& args, std::ostream& out,
                      std::ostream& err) {
  return list(args, "/v1/positions", position_columns, out, err);
}

int signals_command(const list_args& args, std::ostream& out,
                    std::ostream& err) {
  return list(args, "/v1/signals", signal_columns, out, err);
}

int effects_command(const list_args& args, std::ostream& out,
                    std::ostream& err) {
  return run_client(args.client, out, err, [&](api_session& node) {
    list_query what;
    what.path = "/v1/effects";
    what.filter = {{"state", args.status}};
    what.limit = args.limit;
    what.all = args.all;
    return print_list(node, args.client, what, effect_columns, out, err);
  });
}

int resolve_command(const resolve_args& args, std::ostream& out,
                    std::ostream& err) {
  return call(args.client, out, err, [&](api_session& node) {
    std::string body;
    json_writer to{body};
    to.begin_object()
        .member("outcome", args.outcome)
        .member("reason", args.reason);
    if (!args.reference.empty())
      to.member("reference", args.reference);
    to.end_object();
    return node.send("POST",
                     "/v1/effects/" + percent_encoded(args.effect) + "/resolve",
                     body);
  });
}

int dead_letters_command(const list_args& args, std::ostream& out,
                         std::ostream& err) {
  return list(args, "/v1/dead-letters", dead_letter_columns, out, err);
}

int show_command(const item_args& args, std::ostream& out, std::ostream& err) {
  return run_client(args.client, out, err, [&](api_session& node) {
    auto body = node.get("/v1/resources/" + percent_encoded(args.id));
    if (args.client.json) {
      out << body << std::endl;
      return exit_code::done;
    }
    auto found = parse_answer(body);
    if (found.contains("lock"))
      write_members(found["lock"], out);
    else
      out << "nobody holds " << escaped_for_terminal(args.id) << '\n';
    std::vector<json> queue;
    if (found.contains("queue"))
      queue = found["queue"].get<std::vector<json>>();
    out << '\n';
    write_table(queue, entry_columns, "nobody waits", out);
    return exit_code::done;
  });
}

int requeue_command(const item_args& args, std::ostream& out,
                    std::ostream& err) {
  return call(args.client, out, err, [&](api_session& node) {
    return node.send("POST", "/v1/dead-letters/" + percent_encoded(args.id) +
                                 "/requeue");
  });
}

int discard_command(const item_args& args, std::ostream& out,
                    std::ostream& err) {
  return run_client(args.client, out, err, [&](api_session& node) {
    node.send("DELETE", "/v1/dead-letters/" + percent_encoded(args.id));
    if (args.client.json)
      out << json{{"discarded", args.id}}.dump() << std::endl;
    else
      out << "discarded " << escaped_for_terminal(args.id) << std::endl;
    return exit_code::done;
  });
}

int release_command(const release_args& args, std::ostream& out,
                    std::ostream& err) {
  return call(args.client, out, err, [&](api_session& node) {
    if (args.force)
      return release_by_force(node, args);
    return node.send("POST",
                     "/v1/locks/" + percent_encoded(args.what) + "/release",
                     release_body(args));
  });
}

int pause_command(const client_args& args, bool paused, std::ostream& out,
                  std::ostream& err) {
  return call(args, out, err, [&](api_session& node) {
    return node.send("POST", paused ? "/v1/pause" : "/v1/resume");
  });
}

int stats_command(const client_args& args, std::ostream& out,
                  std::ostream& err) {
  return call(args, out, err,
              [](api_session& node) { return node.get("/v1/stats"); });
}

int health_command(const client_args& args, std::ostream& out,
                   std::ostream& err) {
  return run_client(args, out, err, [&](api_session& node) {
    json health;
    try {
      health = parse_answer(node.get("/readyz"));
    } catch (const node_refused& why) {
      health = json::parse(why.body, nullptr, false);
      if (!health.is_object() || !health.contains("ready"))
        throw;
    }
    auto ready = health.at("ready").get<bool>();
    if (args.json)
      out << health.dump() << std::endl;
    else if (ready)
      out << "ready" << std::endl;
    else
      err << "holdfast: the node cannot commit: "
          << escaped_for_terminal(health.at("detail").get<std::string>())
          << std::endl;
    return ready ? exit_code::done : exit_code::error;
  });
}

} // namespace holdfast
