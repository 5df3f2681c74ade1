// The id of a request: the caller's own, or one that the node makes.
#include "tests/unit/contains.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace holdfast;
using namespace holdfast::test;

namespace {

constexpr auto as_looker = "Authorization: Bearer read-token\r\n";

} // namespace

TEST_CASE("a request keeps its id, or is given one") {
  std::mutex guard;
  std::vector<std::string> logged;
  auto options = with_read_token();
  options.log = [&](const request_log& what) {
    std::lock_guard lock{guard};
    logged.push_back(std::string{what.request_id} + " " +
                     std::string{what.caller});
  };
  gateway_world world{options};
  auto id_of = [&](const std::string& headers) {
    return world.call("GET", "/v1/stats", "", headers).header("X-Request-Id");
  };
  CHECK(id_of("X-Request-Id: order-7!\r\n") == "order-7!");
  CHECK(id_of("X-Request-Id: a\r\n" + std::string{as_looker}) == "a");
  auto most = std::string(128, 'x');
  CHECK(id_of("X-Request-Id: " + most + "\r\n") == most);
  std::set<std::string> given;
  for (auto& header :
       {std::string{}, "X-Request-Id: " + most + "y\r\n",
        std::string{"X-Request-Id: a b\r\n"}, std::string{"X-Request-Id: \r\n"},
        std::string{"X-Request-Id: \xc3\xa9\r\n"},
        std::string{"X-Request-Id: a\r\nX-Request-Id: a\r\n"}})
    given.insert(id_of(header));
  CHECK(given.size() == 6);
  for (auto& id : given)
    CHECK(id.size() == 16);
  auto malformed = world.client();
  malformed.send("nonsense\r\n\r\n");
  CHECK(malformed.receive().header("X-Request-Id").size() == 16);
  world.http.reset(); // everything is logged now
  CHECK(logged.at(0) == "order-7! ");
  CHECK(logged.at(1) == "a looker");
  for (auto& line : logged)
    CHECK_FALSE(contains(line, "read-token"));
}
