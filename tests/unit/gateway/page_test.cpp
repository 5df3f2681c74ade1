// The page over HTTP: its real files, as the program has them.
#include "dashboard/page_files.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

namespace {

std::string header(std::string_view name, std::string_view value) {
  return std::string{name} + ": " + std::string{value} + "\r\n";
}

} // namespace

TEST_CASE("the page's files need no token, and come as they are") {
  gateway_world world{with_read_token()};
  REQUIRE(page_files().size() == 7);
  for (auto& file : page_files()) {
    INFO(file.path);
    auto answer = world.call("GET", file.path);
    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Type") == file.content_type);
    CHECK(answer.header("ETag") == file.etag);
    CHECK(answer.header("Content-Encoding") == "");
    CHECK(answer.body == file.body);
  }
  CHECK(world.call("GET", "/v1/stats").status == 401);
}

TEST_CASE("each file of the page comes under its policy, and is asked for "
          "again each time") {
  gateway_world world;
  for (auto& file : page_files())
    for (auto encoding : {"", "gzip"}) {
      INFO(file.path, " ", encoding);
      auto answer =
          world.call("GET", file.path, "", header("Accept-Encoding", encoding));
      CHECK(answer.header("Cache-Control") == "no-cache");
      CHECK(answer.header("Vary") == "Accept-Encoding");
      CHECK(answer.header("Content-Security-Policy") ==
            "default-src 'none'; script-src 'self'; style-src 'self'; "
            "connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'");
      CHECK(answer.header("X-Content-Type-Options") == "nosniff");
      CHECK(answer.header("Referrer-Policy") == "no-referrer");
    }
}

TEST_CASE("who accepts gzip gets it, and nobody else") {
  gateway_world world;
  auto& script = page_files()[1];
  auto body = [&](std::string_view accepted) {
    return world
        .call("GET", script.path, "", header("Accept-Encoding", accepted))
        .body;
  };
  for (auto accepted :
       {"gzip", "br, gzip", "deflate,GZIP;q=0.1", "gzip; q=1"}) {
    INFO(accepted);
    CHECK(body(accepted) == script.gzip);
  }
  for (auto accepted : {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip", "*"}) {
    INFO(accepted);
    CHECK(body(accepted) == script.body);
  }
  auto answer = world.call("GET", script.path, "", "Accept-Encoding: gzip\r\n");
  CHECK(answer.header("Content-Encoding") == "gzip");
}

TEST_CASE("who has a file already is told so, on the same connection") {
  gateway_world world;
  auto client = world.client();
  std::string etag{page_files().front().etag};
  auto status = [&](std::string_view value) {
    return client.call("GET", "/", "", header("If-None-Match", value)).status;
  };
  auto answer = client.call("GET", "/", "", header("If-None-Match", etag));
  CHECK(answer.status == 304);
  CHECK(answer.head.starts_with("HTTP/1.1 304 Not Modified\r\n"));
  CHECK(answer.header("ETag") == etag);
  CHECK(answer.header("Content-Length") == "");
  CHECK(status(etag.substr(2)) == 304); // compared weakly
  CHECK(status("\"other\", " + etag) == 304);
  CHECK(status("*") == 304);
  CHECK(status("\"other\"") == 200);
  CHECK(status("") == 200);
}

TEST_CASE("HEAD tells of the page without it; other methods and names do not") {
  gateway_world world;
  auto& page = page_files().front();
  auto head = world.client().call("HEAD", "/");
  CHECK(head.status == 200);
  CHECK(head.header("Content-Length") == std::to_string(page.body.size()));
  auto wrong = world.call("POST", "/", "{}");
  CHECK(wrong.status == 405);
  CHECK(wrong.has_header("Allow: GET, HEAD"));
  for (auto path : {"/index.html", "/app.js/", "//app.js", "/%61pp.js",
                    "/../app.js", "/page_files.hpp"}) {
    INFO(path);
    CHECK(world.call("GET", path).status == 404);
  }
}
