// The whole exchange as its sessions share it, its faults, and the calls by
// which a test steers it.
// Must not know sockets.
#pragma once

#include "tests/fakes/fake_service.hpp"
#include "tests/fakes/mexc_exchange.hpp"

#include <memory>

namespace fake {

class mexc_service : public service {
public:
  mexc_service(credentials who, std::uint64_t seed);

  incoming arrived(const http_request& request) override;
  answer refused(const fault_plan& plan) override;

private:
  json show(std::string_view path) override;
  json change(std::string_view path, const json& body) override;
  void start_anew() override;
  json change_market(const json& body);
  json fill(const json& body);

  credentials who_;
  std::unique_ptr<exchange> exchange_;
};

} // namespace fake
