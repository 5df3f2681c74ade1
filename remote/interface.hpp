// What a published engine understands: both interfaces of an engine in one
// actor, so that one port serves it. Follows actors/interfaces.hpp by itself.
// Must not know connections.
#pragma once

#include "actors/interfaces.hpp"

#include <caf/detail/type_list.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace holdfast {

/// Everything that may be asked of an engine, in process or remote. Converts
/// to `locks_actor` and to `queries_actor`.
using remote_service = caf::detail::tl_apply_t<
    caf::detail::tl_distinct_t<caf::detail::tl_concat_t<
        locks_actor::signatures, queries_actor::signatures>>,
    caf::typed_actor>;

/// What is published.
using gate_actor = remote_service::extend<
    // Asked first by a client: its version, answered by the engine's. Only
    // equal ones understand each other's messages for sure.
    caf::replies_to<std::string>::with<std::string>>;

/// The version of this library.
std::string remote_version();

/// Whether `Command` is one of `locks_actor`, not of `queries_actor`.
template <class Command, class Sigs = locks_actor::signatures>
struct is_for_locks;

template <class Command, class... In, class... Out>
struct is_for_locks<
    Command, caf::detail::type_list<caf::typed_mpi<caf::detail::type_list<In>,
                                                   caf::output_tuple<Out>>...>>
    : std::bool_constant<(std::is_same_v<Command, In> || ...)> {};

/// The handler of one line of an interface: `self->forward<Answer>(command)`,
/// or `self->tell(command)` where there is no answer.
template <class Self, class In, class Out>
auto forwarding_handler(Self* self,
                        caf::typed_mpi<caf::detail::type_list<In>,
                                       caf::output_tuple<Out>> /*line*/) {
  if constexpr (std::is_void_v<Out>)
    return [self](In& command) { self->tell(command); };
  else
    return [self](In& command) -> caf::result<Out> {
      return self->template forward<Out>(command);
    };
}

/// The behaviour of an actor that forwards all of `remote_service`, and does
/// `more` besides.
template <class Behavior, class Self, class... Lines, class... More>
Behavior forward_all(Self* self, caf::detail::type_list<Lines...> /*lines*/,
                     More... more) {
  return {forwarding_handler(self, Lines{})..., std::move(more)...};
}

} // namespace holdfast
