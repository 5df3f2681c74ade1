// A client's stable front: connects, connects again when a connection is lost,
// and passes requests to the session of the moment. Without one it refuses at
// once.
// Must not know what requests mean.
#pragma once

#include "remote/internal.hpp"
#include "remote/remote_engine.hpp"
#include "remote/transport.hpp"

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace holdfast {

//   dialing ──session ready──► connected
//     ▲ └─failed: again after a pause   │
//     └──────────session lost───────────┘
class remote_link : public link_actor::base {
public:
  remote_link(caf::actor_config& cfg, remote_address at,
              shared_tls_context context, connection_listener listener);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "remote_link"; }

  /// For `forward_all`.
  template <class Answer, class Command>
  caf::result<Answer> forward(Command& cmd);
  void tell(abandon_wait& cmd);

private:
  void connect();
  void connected_to(const caf::strong_actor_ptr& gate,
                    const std::set<std::string>& interface);
  void ready(std::uint64_t session);
  void lost(const session_lost& what);
  void failed(const std::string& why);

  remote_address at_;
  shared_tls_context context_;
  connection_listener listener_;
  session_actor session_; ///< the connection of the moment, greeted or not
  std::uint64_t last_session_ = 0;
  bool connected_ = false;
  std::string trouble_; ///< why there is no connection
  std::chrono::milliseconds pause_;
  std::vector<caf::response_promise> awaiting_;
};

} // namespace holdfast
