// Refusals as CAF errors and back, and the registration of all messages.
// Must not know HTTP or storage.
#include "messages/type_ids.hpp"

#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace holdfast {

namespace {

constexpr caf::atom_value category = caf::atom("holdfast");
constexpr caf::atom_value sec_category = caf::atom("system");
constexpr caf::atom_value exit_category = caf::atom("exit");

problem stored_problem(std::uint8_t code, const caf::message& context) {
  problem what;
  if (context.match_elements<problem>())
    what = context.get_as<problem>(0);
  // A later version's code still is an error here, if not one we can name.
  auto known = code <= static_cast<std::uint8_t>(errc::forbidden);
  what.code = known ? static_cast<errc>(code) : errc::storage_unavailable;
  return what;
}

bool receiver_is_gone(const caf::error& what) {
  if (what.category() == exit_category)
    return true;
  if (what.category() != sec_category)
    return false;
  switch (static_cast<caf::sec>(what.code())) {
  case caf::sec::request_receiver_down:
  case caf::sec::cannot_forward_to_invalid_actor:
  case caf::sec::no_route_to_receiving_node:
  case caf::sec::remote_linking_failed:
  case caf::sec::bad_function_call:
  case caf::sec::socket_disconnected:
    return true;
  default:
    return false;
  }
}

std::string render(std::uint8_t code, const caf::message& context) {
  auto what = stored_problem(code, context);
  auto text = "holdfast: " + std::string{to_string(what.code)};
  if (!what.detail.empty())
    text += " (" + what.detail + ")";
  return text;
}

} // namespace

caf::error make_error(problem what) {
  auto code = static_cast<std::uint8_t>(what.code);
  return {code, category, caf::make_message(std::move(what))};
}

problem to_problem(const caf::error& what) {
  problem result;
  if (!what)
    return result;
  if (what.category() == category)
    return stored_problem(what.code(), what.context());
  if (receiver_is_gone(what)) {
    result.code = errc::shutting_down;
    result.detail = "The lock service has stopped";
  } else if (what == caf::sec::request_timeout) {
    result.code = errc::storage_unavailable;
    result.detail = "There was no answer in time; the request may still be "
                    "carried out";
  } else {
    result.code = errc::storage_unavailable;
    result.detail = "The request could not be carried out";
  }
  result.detail += ": " + to_string(what) + ".";
  return result;
}

void init_types(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::holdfast>();
  cfg.add_error_category(category, [](std::uint8_t code, caf::atom_value,
                                      const caf::message& context) {
    return render(code, context);
  });
}

} // namespace holdfast
