// The orders that the exchange accepted, and how they are filled. Several may
// have one client order id: MEXC does not say that it refuses the second, so
// a client that sends twice must be seen to have two.
// Must not know HTTP.
#pragma once

#include "tests/fakes/mexc_clock.hpp"
#include "tests/fakes/mexc_symbols.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace fake {

struct order {
  std::string id; ///< the exchange's
  std::string client_id;
  std::string symbol;
  std::string side;
  std::string type;
  std::string price;          ///< as sent; empty with MARKET
  std::string quantity;       ///< as sent; empty when bought by quote
  std::string quote_quantity; ///< as sent
  amount limit;               ///< of the price; nothing with MARKET
  amount wanted;              ///< how much of base
  amount executed;
  amount executed_quote;
  std::string status = "NEW";
  std::int64_t accepted_at_ms = 0;    ///< the exchange's clock
  std::int64_t updated_at_ms = 0;     ///< the exchange's clock
  std::int64_t visible_at_steady = 0; ///< queries see it from then on
  std::string pays;                   ///< asset
  std::string gets;                   ///< asset
  amount reserved;                    ///< of what it pays

  bool is_open() const;
  bool is_visible() const { return visible_at_steady <= steady_ms(); }
  bool buys() const { return side == "BUY"; }
  amount left() const { return wanted - executed; }
};

enum class fill_mode { at_once, never, partial, late };

struct market {
  std::map<std::string, amount> prices; ///< symbol
  std::map<std::string, amount> funds;  ///< asset; others: without end
  fill_mode fills = fill_mode::at_once;
  std::int64_t delay_ms = 0;
};

market default_market();

class book {
public:
  explicit book(const server_clock& clock) : clock_(clock) {}

  /// The price for which `o` would trade now; nothing when none is known.
  std::optional<amount> price_for(const order& o) const;

  /// True when the funds cover what `o` pays.
  bool affordable(const order& o) const;

  /// Enters it and fills it as the market says. Does not check it.
  order& accept(order o);

  /// By the exchange's id; nullptr when there is none.
  order* find(const std::string& id);
  /// The newest with this client order id that queries see; else nullptr.
  order* find_visible(const std::string& client_id);
  /// The newest with this client order id that is open; else nullptr.
  order* find_open(const std::string& client_id);

  /// Ends an open order.
  void cancel(order& o);

  /// Executes `quantity` of an open order, at its own price, else the
  /// market's; of what it wants there is that much left.
  void fill(order& o, amount quantity);

  /// Carries out what was to happen by now; called before every call.
  void settle();

  const std::deque<order>& orders() const { return orders_; }
  market& conditions() { return market_; }

private:
  struct due {
    order* what;
    bool cancels; ///< else it is filled
  };

  template <class P>
  order* newest(const std::string& client_id, P suits);
  void trade(order& o);
  void later(order& o, bool cancels);
  void end(order& o);

  const server_clock& clock_;
  market market_ = default_market();
  std::deque<order> orders_; ///< addresses stay
  std::unordered_map<std::string, order*> by_id_;
  std::unordered_map<std::string, std::vector<order*>> by_client_id_;
  std::multimap<std::int64_t, due> due_; ///< steady milliseconds
};

} // namespace fake
