// Bots that trade on an exchange which misbehaves, and an operator who looks
// at its book and says what he sees. The book is the judge.
#pragma once

#include "simulation/exchange.hpp"
#include "simulation/workload.hpp"

namespace holdfast::simulation {

class traders : public workload {
public:
  explicit traders(world& in);

  void come() override;
  void broken() override { answers_.clear(); }
  std::size_t unanswered() const override;
  void act() override;
  void look() override;
  void calm() override;
  void judge() override;
  void count(fault_counts& to) const override { to.add(exchange_.met()); }

private:
  void trade();
  void operate();
  void check_book();
  void judge_trade(const trade_record& x);
  std::vector<trade_record> trades() const;

  faulty_exchange exchange_;
  std::size_t orders_seen_ = 0;
  std::vector<reply_ptr<acquire_answer>> answers_;
};

} // namespace holdfast::simulation
