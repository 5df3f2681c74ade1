// The protocols inside a client of a published engine; nothing here crosses
// the wire.
#pragma once

#include "remote/interface.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <string>

namespace holdfast {

/// The engine behind the session has answered, and speaks our version.
struct session_ready {
  std::uint64_t session = 0; ///< which of the link's sessions
};

/// Nothing more will come of this session.
struct session_lost {
  std::uint64_t session = 0;
  std::string why;
};

/// Try to connect now.
struct dial {};

/// Answer `true` as soon as there is a connection.
struct await_connection {};

/// The last message a session gets: fail what is open, and end.
struct dismiss_session {};

/// One connection. Serves until it is lost; then refuses until dismissed.
using session_actor = remote_service::extend<caf::reacts_to<dismiss_session>>;

/// What stays when connections come and go: callers hold this one.
using link_actor =
    remote_service::extend<caf::reacts_to<session_ready>,
                           caf::reacts_to<session_lost>, caf::reacts_to<dial>,
                           caf::replies_to<await_connection>::with<bool>>;

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::session_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::session_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::dial)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::await_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::dismiss_session)
