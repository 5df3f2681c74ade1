// Reads journal and trades of a node and judges them.
#include "node/replay_trades.hpp"

#include <map>

namespace holdfast {

namespace {

using nlohmann::json;

std::string order_of(const json& object) {
  auto order = object.is_object() ? object.find("order") : object.end();
  return order == object.end() ? std::string{} : text_of(*order, "orderId");
}

/// The orders that the journal tells of, by trade.
class order_reader {
public:
  explicit order_reader(trade_report& report) : report_(report) {}

  void read(const fetch_fn& fetch) {
    for_each_row(fetch, [this](const json& row) {
      if (text_of(row, "kind") == "trade_executed")
        add(row);
    });
  }

  /// Empty: it was not executed.
  std::string order_of_trade(const std::string& trade) const {
    auto found = orders_.find(trade);
    return found == orders_.end() ? std::string{} : found->second;
  }

private:
  void add(const json& row) {
    auto& detail = row.at("detail");
    auto trade = text_of(detail, "tradeId");
    auto order = order_of(detail);
    auto key = text_of(detail, "idempotencyKey");
    if (trade.empty() || order.empty() || key.empty())
      return fault("journal row " + row.at("seq").dump() +
                   ": trade_executed without tradeId, orderId or "
                   "idempotencyKey");
    // An order that rests is told of again when it is filled.
    auto [known, first] = orders_.emplace(trade, order);
    if (!first && known->second != order)
      fault(trade + " became two orders: " + known->second + " and " + order);
    if (auto [owner, one] = trades_.emplace(order, trade);
        !one && owner->second != trade)
      fault("order " + order + " belongs to " + owner->second + " and " +
            trade);
    intent what{text_of(row, "resourceId"), key};
    if (auto [done, one] = intents_.emplace(what, trade);
        !one && done->second != trade)
      fault(what.first + ", key " + key + ": executed as " + done->second +
            " and as " + trade);
  }

  void fault(std::string what) { report_.faults.push_back(std::move(what)); }

  trade_report& report_;
  std::map<std::string, std::string> orders_; ///< by trade
  std::map<std::string, std::string> trades_; ///< by order
  std::map<intent, std::string> intents_;     ///< the trade that was executed
};

std::map<std::string, json> all_trades(const fetch_fn& fetch) {
  std::map<std::string, json> result;
  for_each_item(fetch, "/v1/trades?limit=1000", [&](const json& trade) {
    result.emplace(trade.at("tradeId").get<std::string>(), trade);
  });
  return result;
}

bool is_unfinished(const std::string& status) {
  return status == "queued" || status == "executing" || status == "in_doubt";
}

} // namespace

trade_report check_trades(const std::set<std::string>& asked,
                          const fetch_fn& fetch) {
  trade_report report;
  // The list first: what it calls executed is in the journal by then.
  auto known = all_trades(fetch);
  order_reader journal{report};
  journal.read(fetch);
  report.trades = asked.size();
  for (auto& id : asked) {
    auto trade = known.find(id);
    if (trade == known.end()) {
      report.faults.push_back("trade '" + id +
                              "' was answered, but the node "
                              "does not list it");
      continue;
    }
    auto told = journal.order_of_trade(id);
    auto kept = order_of(trade->second);
    auto status = text_of(trade->second, "status");
    if (is_unfinished(status))
      ++report.open;
    else if (told != kept)
      report.faults.push_back(id + " has order '" + kept +
                              "', the journal says '" + told + "'");
    else
      ++(kept.empty() ? report.without : report.executed);
  }
  return report;
}

std::string to_sentence(const trade_report& report) {
  auto n = [](std::size_t x) { return std::to_string(x); };
  auto trades = n(report.trades) + " trades";
  if (!report.ok())
    return n(report.faults.size()) + " faults in " + trades;
  return trades + ": " + n(report.executed) + " one order each, " +
         n(report.without) +
         " without an order (rejected, failed or "
         "cancelled), " +
         n(report.open) + " still open, none executed twice";
}

} // namespace holdfast
