// Forwards requests over one connection and answers every one of them.
// Must not know how connections are made.
#include "remote/session.hpp"

#include <chrono>

namespace holdfast {

namespace {

/// How long the other side may take to tell its version.
constexpr std::chrono::seconds greeting_max{5};
/// More than an engine takes by default; beyond it something is wrong.
constexpr std::size_t open_max = 65'536;

} // namespace

remote_session::remote_session(caf::actor_config& cfg, gate_actor gate,
                               link_actor link, std::uint64_t number,
                               std::string peer)
    : session_actor::base(cfg), gate_(std::move(gate)), link_(std::move(link)),
      number_(number), peer_(std::move(peer)) {
  set_down_handler([this](const caf::down_msg& down) {
    lose("the connection is lost: " + to_string(down.reason));
  });
}

remote_session::behavior_type remote_session::make_behavior() {
  monitor(gate_);
  greet();
  return forward_all<behavior_type>(this, remote_service::signatures{},
                                    [this](const dismiss_session&) {
                                      lose("the client is stopping");
                                      quit();
                                    });
}

void remote_session::on_exit() {
  open_.clear();
  gate_ = nullptr;
  link_ = nullptr;
}

void remote_session::greet() {
  request(gate_, greeting_max, remote_version())
      .then(
          [this](const std::string& theirs) {
            if (!lost_.empty())
              return;
            if (theirs == remote_version())
              send(link_, session_ready{number_});
            else
              lose("it is Holdfast " + theirs + ", and this is " +
                   remote_version() + ": both must be the same");
          },
          [this](const caf::error& why) {
            lose("it does not tell its version: " + to_string(why));
          });
}

void remote_session::lose(std::string why) {
  if (!lost_.empty())
    return;
  lost_ = std::move(why);
  send(link_, session_lost{number_, lost_});
  auto open = std::move(open_);
  open_.clear();
  for (auto& [number, promise] : open)
    promise.deliver(make_error(lost_problem()));
}

/// For what was sent: nobody here can know whether it arrived.
problem remote_session::lost_problem() const {
  return {errc::storage_unavailable,
          "There was no answer from the engine at " + peer_ + " (" + lost_ +
              "). The request may have been carried out: repeat it with the "
              "same idempotency key.",
          "",
          "",
          0,
          1000};
}

std::optional<caf::response_promise>
remote_session::take(std::uint64_t number) {
  auto node = open_.extract(number);
  if (node.empty())
    return std::nullopt;
  return std::move(node.mapped());
}

template <class Answer, class Command>
caf::result<Answer> remote_session::forward(Command& cmd) {
  if (!lost_.empty())
    return make_error(lost_problem());
  if (open_.size() >= open_max)
    return make_error({errc::rate_limited,
                       std::to_string(open_max) +
                           " requests to the engine at " + peer_ +
                           " are open, which is the limit",
                       "", "", 0, 1000});
  auto promise = make_response_promise<Answer>();
  auto number = ++last_request_;
  open_.emplace(number, promise);
  request(gate_, caf::infinite, std::move(cmd))
      .then(
          [this, number](Answer& answer) {
            if (auto to = take(number))
              to->deliver(std::move(answer));
          },
          [this, number](caf::error& why) {
            if (auto to = take(number))
              to->deliver(std::move(why));
          });
  return promise;
}

void remote_session::tell(abandon_wait& cmd) {
  if (lost_.empty())
    send(gate_, std::move(cmd));
}

} // namespace holdfast
