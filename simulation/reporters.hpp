// Replicas that report the positions of one broker, several times and late,
// a feed that follows it if wanted, a chat that fails, and an operator who
// looks into the chat. The chat and the broker are the judge.
#pragma once

#include "simulation/bridge.hpp"
#include "simulation/messenger.hpp"
#include "simulation/workload.hpp"

#include <set>

namespace holdfast::simulation {

class reporters : public workload {
public:
  /// `followed`: a feed asks the broker, too, and some positions are heard of
  /// by it alone.
  explicit reporters(world& in, bool followed = false);

  void come() override;
  void broken() override { open_.clear(); }
  std::size_t unanswered() const override;
  void act() override;
  void look() override;
  void calm() override;
  void judge() override;
  void count(fault_counts& to) const override;

private:
  /// What the broker knows, whatever becomes of the node.
  struct truth {
    bool open = true;
    std::string stop_loss = "1.09";
    std::string close_price;
  };

  std::string some_id();
  void change(const std::string& id);
  void report(const std::string& id);
  position_event event_of(const std::string& id) const;
  std::vector<position_event> open_positions() const;
  void operate();
  void judge_position(const position_record& x);

  template <class T>
  void expect(const reply_ptr<T>& answer) {
    open_.push_back([answer] { return answer->pending(); });
  }

  bool followed_;
  faulty_messenger messenger_;
  faulty_messenger hook_; ///< what is posted there
  faulty_bridge bridge_;
  std::map<std::string, truth> broker_;
  std::vector<std::function<bool()>> open_;
  std::size_t messages_seen_ = 0;
  std::map<std::string, std::int64_t> message_of_; ///< by signal
  std::set<std::uint64_t> told_;                   ///< effects of alerts
};

} // namespace holdfast::simulation
