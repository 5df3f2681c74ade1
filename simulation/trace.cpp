#include "simulation/trace.hpp"

#include "actors/exchange.hpp"
#include "actors/internal.hpp"
#include "actors/messenger.hpp"

#include <caf/scheduled_actor.hpp>

#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <typeinfo>

namespace holdfast::simulation {

namespace {

std::string plain_name(const std::type_info& type) {
  auto status = 0;
  std::unique_ptr<char, decltype(&std::free)> text{
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free};
  std::string name = status == 0 ? text.get() : type.name();
  for (const std::string space : {"holdfast::simulation::", "holdfast::"})
    if (name.starts_with(space))
      return name.substr(space.size());
  return name;
}

/// Which resource `x` is of, where it says so.
template <class T>
std::string resource_in(const T& x) {
  if constexpr (requires { x.what.lock.work.resource; })
    return x.what.lock.work.resource;
  else if constexpr (requires { x.what.resource; })
    return x.what.resource;
  else if constexpr (requires { x.state.resource; })
    return x.state.resource;
  else if constexpr (requires { x.work.resource; })
    return x.work.resource;
  else if constexpr (requires { x.lock.work.resource; })
    return x.lock.work.resource;
  else if constexpr (requires { x.event.position_id; })
    return x.event.account_id + ':' + x.event.position_id;
  else if constexpr (requires { x.client_order_id; })
    return x.client_order_id;
  else
    return x.resource;
}

template <class... Ts>
std::string resource_of(const caf::type_erased_tuple& content) {
  std::string found;
  auto look = [&]<class T>(const T*) {
    if (!content.match_element<T>(0))
      return false;
    found = resource_in(content.get_as<T>(0));
    return true;
  };
  (look(static_cast<const Ts*>(nullptr)) || ...);
  return found;
}

} // namespace

std::string describe(caf::resumable& job) {
  auto* actor = dynamic_cast<caf::scheduled_actor*>(&job);
  if (!actor)
    return "?";
  std::string text = actor->name();
  const auto* next = actor->peek_at_next_mailbox_element();
  if (!next)
    return text + " -";
  const auto& content = next->content();
  if (content.size() == 0)
    return text + " ()";
  auto [number, type] = content.type(0);
  text += ' ';
  text += type ? plain_name(*type)
               : actor->home_system().types().portable_name(number, type);
  auto resource =
      resource_of<acquire_lock, renew_lock, release_lock, force_release,
                  resolve_lock, cancel_entry, watch_entry, watch_trade,
                  report_position, begin_message, end_message, resolve_message,
                  begin_effect, abandon_wait, requeue_dead_letter,
                  discard_dead_letter, update_trade, lock_record, commit_step,
                  load_resource, resource_loaded, arm_timer, wake_resource,
                  start_task, run_task, task_ended, message_ready, place_order,
                  find_order, cancel_order>(content);
  return resource.empty() ? text : text + ' ' + resource;
}

} // namespace holdfast::simulation
