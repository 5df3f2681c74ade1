// Dials, counts sessions, and tells the host what became of them.
// Must not know what requests mean.
#include "remote/link.hpp"

#include "remote/session.hpp"

#include <caf/atom.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace holdfast {

namespace {

constexpr std::chrono::milliseconds first_pause{50};
constexpr std::chrono::milliseconds longest_pause{1000};
/// TCP, TLS and CAF's handshake together.
constexpr std::chrono::seconds dial_max{5};

std::string text_of(const remote_address& at) {
  return at.host + ":" + std::to_string(at.port);
}

} // namespace

remote_link::remote_link(caf::actor_config& cfg, remote_address at,
                         shared_tls_context context,
                         connection_listener listener)
    : link_actor::base(cfg), at_(std::move(at)), context_(std::move(context)),
      listener_(std::move(listener)), trouble_("it has not answered yet"),
      pause_(first_pause) {}

remote_link::behavior_type remote_link::make_behavior() {
  connect();
  return forward_all<behavior_type>(
      this, remote_service::signatures{},
      [this](const session_ready& what) { ready(what.session); },
      [this](const session_lost& what) { lost(what); },
      [this](const dial&) { connect(); },
      [this](const await_connection&) -> caf::result<bool> {
        if (connected_)
          return true;
        auto promise = make_response_promise<bool>();
        awaiting_.push_back(promise);
        return promise;
      });
}

void remote_link::on_exit() {
  if (session_)
    caf::anon_send(session_, dismiss_session{});
  session_ = nullptr;
  awaiting_.clear();
  listener_ = nullptr;
}

void remote_link::connect() {
  // One transport for each attempt: CAF's would join the next attempt to one
  // that got stuck.
  request(spawn_transport(system(), context_), dial_max,
          caf::connect_atom::value, at_.host, at_.port)
      .then(
          [this](const caf::node_id&, const caf::strong_actor_ptr& gate,
                 const std::set<std::string>& interface) {
            connected_to(gate, interface);
          },
          [this](const caf::error& why) { failed(to_string(why)); });
}

void remote_link::connected_to(const caf::strong_actor_ptr& gate,
                               const std::set<std::string>& interface) {
  auto wanted = system().message_types<gate_actor>();
  if (!gate || !std::ranges::includes(interface, wanted)) {
    failed("what is published there is no engine of this version");
    return;
  }
  session_ =
      spawn<remote_session>(caf::actor_cast<gate_actor>(gate), link_actor{this},
                            ++last_session_, text_of(at_));
}

void remote_link::ready(std::uint64_t session) {
  if (session != last_session_)
    return;
  connected_ = true;
  pause_ = first_pause;
  trouble_.clear();
  if (listener_)
    listener_(true, "connected to the engine at " + text_of(at_));
  for (auto& promise : awaiting_)
    promise.deliver(true);
  awaiting_.clear();
}

void remote_link::lost(const session_lost& what) {
  if (what.session != last_session_)
    return;
  connected_ = false;
  // Everything delegated to the session was sent before this.
  if (session_)
    send(session_, dismiss_session{});
  session_ = nullptr;
  failed(what.why);
}

void remote_link::failed(const std::string& why) {
  if (listener_ && why != trouble_)
    listener_(false,
              "no connection to the engine at " + text_of(at_) + ": " + why);
  trouble_ = why;
  delayed_send(this, pause_, dial{});
  pause_ = std::min(pause_ * 2, longest_pause);
}

template <class Answer, class Command>
caf::result<Answer> remote_link::forward(Command& cmd) {
  if (connected_)
    return delegate(session_, std::move(cmd));
  return make_error({errc::storage_unavailable,
                     "There is no connection to the engine at " + text_of(at_) +
                         " (" + trouble_ + "); nothing was sent.",
                     "", "", 0, pause_.count()});
}

void remote_link::tell(abandon_wait& cmd) {
  if (connected_)
    send(session_, std::move(cmd));
}

} // namespace holdfast
