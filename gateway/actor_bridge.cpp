// Asks actors from a thread that is no actor's.
// Must not know HTTP, Boost or which actors are asked.
#include "gateway/actor_bridge.hpp"

#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>

#include <mutex>
#include <unordered_map>
#include <vector>

namespace holdfast {

/// Requests under way, by number, and answers that have come for them. The
/// sink shares it: answers may still come when the bridge is gone.
struct actor_bridge::state : std::enable_shared_from_this<state> {
  explicit state(std::shared_ptr<task_queue> q) : home(std::move(q)) {}

  /// Called from the thread of whoever answers.
  void take(caf::mailbox_element_ptr answer) {
    std::lock_guard lock{guard};
    arrived.push_back(std::move(answer));
    if (arrived.size() == 1)
      home->post([self = shared_from_this()] { self->deliver(); });
  }

  void deliver() {
    std::vector<caf::mailbox_element_ptr> batch;
    {
      std::lock_guard lock{guard};
      batch.swap(arrived);
    }
    for (auto& answer : batch) {
      auto found = pending.find(answer->mid.request_id().integer_value());
      if (found == pending.end())
        continue;
      auto then = std::move(found->second);
      pending.erase(found);
      auto content = answer->move_content_to_message();
      then(content);
    }
  }

  const std::shared_ptr<task_queue> home;
  std::uint64_t last_request = 0;
  std::unordered_map<std::uint64_t, handler> pending; ///< home thread only
  std::mutex guard;
  std::vector<caf::mailbox_element_ptr> arrived;
};

namespace {

/// An actor that is only an address: what is sent to it is handled on the
/// sender's thread, without a mailbox.
class answer_sink final : public caf::monitorable_actor {
public:
  using signatures = caf::none_t;
  using behavior_type = caf::behavior;
  using receiver = std::function<void(caf::mailbox_element_ptr)>;

  answer_sink(caf::actor_config& cfg, receiver take)
      : caf::monitorable_actor(cfg), take_(std::move(take)) {}

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    if (what && what->mid.is_response())
      take_(std::move(what));
  }

  using caf::monitorable_actor::enqueue;

  const char* name() const override { return "holdfast.answer_sink"; }

private:
  receiver take_;
};

} // namespace

actor_bridge::actor_bridge(caf::actor_system& sys,
                           std::shared_ptr<task_queue> home)
    : state_(std::make_shared<state>(std::move(home))) {
  caf::actor_config cfg;
  sink_ = caf::make_actor<answer_sink, caf::actor>(
      sys.next_actor_id(), sys.node(), &sys, cfg,
      [state = state_](caf::mailbox_element_ptr what) {
        state->take(std::move(what));
      });
}

actor_bridge::~actor_bridge() {
  caf::actor_cast<answer_sink*>(sink_)->cleanup(
      caf::make_error(caf::exit_reason::user_shutdown), nullptr);
}

problem actor_bridge::refusal_in(const caf::message& content) {
  if (content.match_elements<caf::error>())
    return to_problem(content.get_as<caf::error>(0));
  problem what;
  what.code = errc::storage_unavailable;
  what.detail = "The answer was not understood.";
  return what;
}

void actor_bridge::send(const caf::strong_actor_ptr& to, caf::message what,
                        handler then) {
  auto id = caf::make_message_id(++state_->last_request);
  auto number = id.request_id().integer_value();
  state_->pending.emplace(number, std::move(then));
  auto self = caf::actor_cast<caf::strong_actor_ptr>(sink_);
  if (to) {
    to->enqueue(std::move(self), id, std::move(what), nullptr);
    return;
  }
  auto gone = caf::make_message(make_error(caf::sec::request_receiver_down));
  state_->take(caf::make_mailbox_element(std::move(self), id.response_id(), {},
                                         std::move(gone)));
}

} // namespace holdfast
