// A client's side of one connection: knows what is open on it, and fails all
// of that when the connection is lost. CAF 0.17 does not: it reports a lost
// peer to those who monitor it, and leaves requests unanswered for ever.
// Must not know how connections are made.
#pragma once

#include "remote/internal.hpp"

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

namespace holdfast {

//   greeting ──same version──► serving ──connection gone──► lost ──► dismissed
//       └────────no answer, other version, connection gone───┘
class remote_session : public session_actor::base {
public:
  /// Tells `link` when it is ready and when it is lost, as session `number`.
  /// `peer` is what to call the other side in errors.
  remote_session(caf::actor_config& cfg, gate_actor gate, link_actor link,
                 std::uint64_t number, std::string peer);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "remote_session"; }

  /// For `forward_all`.
  template <class Answer, class Command>
  caf::result<Answer> forward(Command& cmd);
  void tell(abandon_wait& cmd);

private:
  void greet();
  void lose(std::string why);
  problem lost_problem() const;
  std::optional<caf::response_promise> take(std::uint64_t number);

  gate_actor gate_;
  link_actor link_;
  std::uint64_t number_;
  std::string peer_;
  std::string lost_; ///< not empty: why
  std::uint64_t last_request_ = 0;
  std::unordered_map<std::uint64_t, caf::response_promise> open_;
};

} // namespace holdfast
