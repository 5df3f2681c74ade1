// The books of the paper exchange: prices, balances, orders. Money is exact.
// Must not know CAF.
#pragma once

#include "actors/exchange.hpp"
#include "adapters/paper_exchange.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <deque>
#include <map>
#include <string>
#include <unordered_map>

namespace holdfast {

class paper_book {
public:
  explicit paper_book(const paper_options& options);

  order_report place(const place_order& order);
  order_report find(const find_order& what) const;
  order_report cancel(const cancel_order& what);

private:
  /// An amount in units of 10^-38: sums and comparisons are exact.
  using amount = boost::multiprecision::cpp_int;

  struct fill {
    amount quantity;
    amount quote;
  };

  struct known_order {
    order_report report;
    bool rests = false;
  };

  static amount parse(const std::string& text, const std::string& what);
  static std::string text_of(const amount& x);

  amount price_of(const std::string& symbol) const;
  static fill fill_of(const place_order& order, const amount& price);
  /// Moves the money; answers why not, if it cannot.
  std::string pay(const place_order& order, const fill& what);
  void remember(const std::string& client_order_id, order_report report,
                bool rests);
  static order_report accepted(const std::string& client_order_id,
                               std::string_view status, const fill& done,
                               const amount& price);

  const std::size_t orders_max_;
  amount default_price_;
  std::map<std::string, amount> prices_;
  std::map<std::string, amount> balances_;
  const bool counts_money_;
  std::unordered_map<std::string, known_order> orders_;
  std::deque<std::string> oldest_first_;
};

} // namespace holdfast
