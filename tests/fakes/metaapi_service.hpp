// MetaApi's two calls about an account, their faults, and the calls by which a
// test steers them.
// Must not know sockets.
#pragma once

#include "tests/fakes/fake_service.hpp"
#include "tests/fakes/metaapi_accounts.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace fake {

class metaapi_service : public service {
public:
  metaapi_service(std::string token, std::uint64_t seed);

  incoming arrived(const http_request& request) override;
  answer refused(const fault_plan& plan) override;

private:
  struct account_request;

  json show(std::string_view path) override;
  json change(std::string_view path, const json& body) override;
  void start_anew() override;
  answer serve(const account_request& request);
  json deals_in(const account& of, const account_request& request) const;
  answer error(int status, const std::string& message);

  std::string token_;
  account_list accounts_;
  std::uint64_t last_error_ = 0;
  std::map<std::string, std::uint64_t> requests_;
  std::map<std::string, std::uint64_t> refused_;
};

} // namespace fake
