// Stops like CAF's own middleman, and cleans up after it.
// Must not know engines or connections.
#include "remote/middleman.hpp"

#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/io/basp_broker.hpp>

namespace holdfast {

remote_middleman::remote_middleman(caf::actor_system& sys)
    : middleman(sys), loop_(&sys) {}

caf::actor_system::module* remote_middleman::make(caf::actor_system& sys,
                                                  caf::detail::type_list<>) {
  return new remote_middleman{sys};
}

void remote_middleman::stop() {
  auto broker = named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  middleman::stop();
  // The broker's own cleanup() leaves this step out. Its thread has ended, and
  // requests that nobody will answer are refused.
  auto* ended = caf::actor_cast<caf::abstract_actor*>(broker);
  static_cast<caf::io::basp_broker*>(ended)->scheduled_actor::cleanup(
      caf::exit_reason::user_shutdown, &loop_);
}

} // namespace holdfast
