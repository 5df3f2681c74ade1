#include "rules/refusals.hpp"

namespace holdfast {

problem refuse(errc code, std::string detail) {
  problem p;
  p.code = code;
  p.detail = std::move(detail);
  return p;
}

problem refuse_for(errc code, std::string detail, const resource_state& state,
                   const circumstances& at) {
  return refuse_for(code, std::move(detail), *state.holder, at);
}

problem refuse_for(errc code, std::string detail, const lock_record& flight,
                   const circumstances& at) {
  auto p = refuse(code, std::move(detail));
  p.holder = flight.work.owner_id;
  p.lock_id = to_string(flight.id);
  if (flight.status == lock_status::active)
    p.retry_after_ms = remaining_lease_ms(flight, at.now);
  return p;
}

problem stale(lock_id id, std::string why) {
  auto p = refuse(errc::stale_lock, std::move(why));
  p.lock_id = to_string(id);
  return p;
}

problem not_found(lock_id id) {
  auto p = refuse(errc::not_found, "there is no lock " + to_string(id));
  p.lock_id = to_string(id);
  return p;
}

std::optional<problem> foreign(const std::string& bound_to,
                               const transaction& work) {
  if (bound_to.empty() || bound_to == work.owner_id)
    return std::nullopt;
  return refuse(errc::forbidden, "this belongs to another owner; the caller "
                                 "acts for '" +
                                     bound_to + "' alone");
}

} // namespace holdfast
