// A fake MetaApi and a raw client of it.
// Must not know the fake's code.
#pragma once

#include "tests/support/fake_metaapi.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/text.hpp"

#include <string>

namespace holdfast::test {

struct metaapi_world {
  http_response get(const std::string& below) {
    return http.send("GET", "/users/current/accounts/" + below, {},
                     {{"auth-token", metaapi.config().token}});
  }

  http_response positions(const std::string& account = "acc-1") {
    return get(account + "/positions");
  }

  static std::string deals_path(const std::string& from, const std::string& to,
                                const std::string& query = {}) {
    return "acc-1/history-deals/time/" + percent_encoded(from) + "/" +
           percent_encoded(to) + query;
  }

  /// All that are seen, of every time.
  http_response deals() {
    return get(deals_path("2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z"));
  }

  fake_metaapi metaapi;
  http_client http{metaapi.port(), std::chrono::seconds{60}};
};

} // namespace holdfast::test
