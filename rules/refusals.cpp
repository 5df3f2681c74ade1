#include "rules/refusals.hpp"

#include "messages/utf8.hpp"

#include <utility>

namespace holdfast {

namespace {

/// Where the first control character stands; npos: there is none.
std::size_t find_control(std::string_view utf8) {
  for (std::size_t pos = 0; pos < utf8.size(); ++pos) {
    auto c = static_cast<unsigned char>(utf8[pos]);
    if (c < 0x20 || c == 0x7F)
      return pos;
    if (c == 0xC2 && static_cast<unsigned char>(utf8[pos + 1]) < 0xA0)
      return pos; // U+0080 to U+009F
  }
  return std::string_view::npos;
}

} // namespace

problem refuse(errc code, std::string detail) {
  problem p;
  p.code = code;
  p.detail = std::move(detail);
  return p;
}

std::optional<problem> check_text(std::string_view name, std::string_view text,
                                  std::size_t bytes_min,
                                  std::size_t bytes_max) {
  auto field = std::string{name};
  auto range = std::to_string(bytes_min) + " to " + std::to_string(bytes_max);
  auto invalid = [](std::string detail) {
    return refuse(errc::invalid, std::move(detail));
  };
  if (text.empty() && bytes_min > 0)
    return invalid(field + " is empty; it must have " + range + " bytes");
  if (text.size() < bytes_min || text.size() > bytes_max)
    return invalid(field + " has " + std::to_string(text.size()) +
                   " bytes; it must have " + range);
  if (auto pos = find_invalid_utf8(text); pos != std::string_view::npos)
    return invalid(field + " is not valid UTF-8 at byte " +
                   std::to_string(pos + 1));
  if (auto pos = find_control(text); pos != std::string_view::npos)
    return invalid(field + " has a control character at byte " +
                   std::to_string(pos + 1) + "; it must have none");
  return std::nullopt;
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
