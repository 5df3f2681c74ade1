// Keeps what arrives, whatever it is, and its faults.
// Must not know sockets.
#pragma once

#include "tests/fakes/fake_service.hpp"

#include <cstdint>

namespace fake {

class webhook_service : public service {
public:
  explicit webhook_service(std::uint64_t seed);

  incoming arrived(const http_request& request) override;
  answer refused(const fault_plan& plan) override;

private:
  json show(std::string_view path) override;
  json change(std::string_view path, const json& body) override;
  void start_anew() override;
  answer keep(const http_request& request);

  json received_ = json::array();
  std::uint64_t requests_ = 0;
};

} // namespace fake
