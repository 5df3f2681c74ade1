// The control calls that every fake has.
// Must not know sockets.
#include "tests/fakes/fake_service.hpp"

#include "tests/fakes/fake_clock.hpp"

#include <exception>

namespace fake {

service::service(const fault_words& words, std::uint64_t seed)
    : words_(words), seed_(seed), faults_(words, seed) {}

answer service::control(std::string_view method, std::string_view path,
                        std::string_view body) {
  try {
    return {200, text_of(carry_out(method, path, body))};
  } catch (const no_such_call&) {
    return {404, text_of({{"error", "there is no such call; docs/testing.md "
                                    "lists those there are"}})};
  } catch (const std::exception& error) {
    return {400, text_of({{"error", error.what()}})};
  }
}

json service::carry_out(std::string_view method, std::string_view path,
                        std::string_view body) {
  if (path == "/fake/faults" && method == "DELETE")
    faults_.clear();
  if (path == "/fake/faults" && (method == "GET" || method == "DELETE"))
    return faults_.left();
  if (method == "GET")
    return show(path);
  if (method != "POST" && method != "PUT")
    throw no_such_call{};
  return changed(path, body.empty() ? json::object() : json::parse(body));
}

json service::changed(std::string_view path, const json& body) {
  if (path == "/fake/faults") {
    faults_.add(body);
    return faults_.left();
  }
  if (path == "/fake/chaos") {
    faults_.chaos(body);
    return json::object();
  }
  if (path == "/fake/away") {
    away_until_ = steady_ms() + body.at("ms").get<std::int64_t>();
    return json::object();
  }
  if (path == "/fake/reset") {
    faults_ = fault_rules{words_, seed_};
    ++epoch_;
    start_anew();
    return json::object();
  }
  return change(path, body);
}

} // namespace fake
