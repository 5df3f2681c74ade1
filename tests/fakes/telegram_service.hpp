// The whole messenger as its sessions share it, its faults, and the calls by
// which a test steers it.
// Must not know sockets.
#pragma once

#include "tests/fakes/telegram_bot.hpp"

#include <memory>
#include <string>

namespace fake {

class telegram_service : public service {
public:
  telegram_service(std::string token, std::uint64_t seed);

  incoming arrived(const http_request& request) override;
  answer refused(const fault_plan& plan) override;

private:
  json show(std::string_view path) override;
  json change(std::string_view path, const json& body) override;
  void start_anew() override;
  json change_limits(const json& body);

  std::string token_;
  std::unique_ptr<bot> bot_;
};

} // namespace fake
