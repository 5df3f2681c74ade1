// The server through TLS: the same answers, and what only TLS can go wrong in.
#include "tests/unit/gateway/test_server.hpp"
#include "tests/unit/gateway/tls_client.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

const test_certificate& first() {
  static const test_certificate made{"first"};
  return made;
}

const test_certificate& second() {
  static const test_certificate made{"second"};
  return made;
}

std::shared_ptr<const tls_context> context_of(const test_certificate& what) {
  return std::make_shared<const tls_context>(what.certificate(), what.key());
}

http_limits limits_with(std::chrono::milliseconds handshake) {
  http_limits limits;
  limits.header_timeout = handshake;
  return limits;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string closing(std::string_view method, std::string_view target,
                    std::string_view body = {}) {
  return request_text(method, target, body, "Connection: close\r\n");
}

/// Why the two files cannot be used.
std::string refusal_of(const std::string& certificate, const std::string& key) {
  try {
    tls_context{certificate, key};
  } catch (const tls_error& why) {
    return why.what();
  }
  return {};
}

} // namespace

TEST_CASE("requests are answered through TLS, and the end is told") {
  test_server world{{}, 1, context_of(first())};
  tls_client client{world.port()};
  REQUIRE(client.shaken());
  CHECK(client.version() == "TLSv1.3");
  client.send(request_text("POST", "/echo", "one"));
  client.send(closing("POST", "/echo", "two"));
  auto all = client.read_to_end();
  CHECK(all.find("POST /echo |one") != std::string::npos);
  CHECK(ends_with(all, "POST /echo |two"));
  CHECK(client.ended_in_order());
}

TEST_CASE("TLS 1.2 is spoken, nothing older") {
  test_server world{{}, 1, context_of(first())};
  tls_client old{world.port(), TLS1_2_VERSION};
  REQUIRE(old.shaken());
  old.send(closing("GET", "/echo"));
  CHECK(ends_with(old.read_to_end(), "GET /echo |"));
  CHECK_FALSE(tls_client{world.port(), TLS1_1_VERSION}.shaken());
}

TEST_CASE("requests may come in any pieces, many in one, or large") {
  test_server world{{}, 1, context_of(first())};
  tls_client client{world.port()};
  auto text = request_text("POST", "/echo", "slow");
  for (auto& c : text)
    client.send({&c, 1});
  std::string many;
  for (int i = 0; i < 300; ++i)
    many += request_text("POST", "/echo", std::string(900, 'x'));
  client.send(many + closing("POST", "/echo", std::string(1000, 'y')));
  auto all = client.read_to_end();
  std::size_t count = 0;
  for (auto at = all.find("HTTP/1.1 200"); at != std::string::npos;
       at = all.find("HTTP/1.1 200", at + 1))
    ++count;
  CHECK(count == 302);
  CHECK(ends_with(all, std::string(1000, 'y')));
}

TEST_CASE("an answer that fills every buffer arrives whole") {
  test_server world{{}, 1, context_of(first())};
  tls_client client{world.port()};
  client.send(closing("GET", "/large"));
  auto all = client.read_to_end();
  CHECK(all.size() > std::size_t{64} << 20);
  CHECK(client.ended_in_order());
}

TEST_CASE("a hang-up is noticed through TLS, in order or not") {
  test_server world{{}, 1, context_of(first())};
  tls_client orderly{world.port()};
  tls_client rude{world.port()};
  orderly.send(request_text("GET", "/polled"));
  rude.send(request_text("GET", "/polled"));
  world.await_arrivals(2);
  rude.close();
  world.await_hangups(1);
  orderly.shut_down_sending();
  world.await_hangups(2);
  world.release_all(); // who only ended his own direction gets his answer
  CHECK(ends_with(orderly.read_to_end(), "released"));
}

TEST_CASE("plain HTTP on the TLS port is told so") {
  test_server world{{}, 1, context_of(first())};
  raw_client client{world.port()};
  auto answer = client.call("GET", "/echo");
  CHECK(answer.status == 400);
  CHECK(answer.body.find("https://") != std::string::npos);
  CHECK(client.read_to_end() == "");
}

TEST_CASE("what is neither TLS nor HTTP is closed") {
  test_server world{{}, 1, context_of(first())};
  raw_client client{world.port()};
  client.send(std::string(100, '\x01'));
  client.read_to_end(); // an alert, perhaps; then the end
  CHECK(world.requests().empty());
}

TEST_CASE("who does not shake hands in time is closed") {
  test_server world{limits_with(200ms), 1, context_of(first())};
  raw_client silent{world.port()};
  CHECK(silent.read_to_end() == "");
  raw_client stuck{world.port()};
  stuck.send("\x16\x03\x01");
  CHECK(stuck.read_to_end() == "");
}

TEST_CASE("a handshake counts as a connection") {
  http_limits limits;
  limits.connections_max = 1;
  test_server world{limits, 1, context_of(first())};
  raw_client silent{world.port()};
  // The server closes the second one; whether the first was adopted before is
  // only known once that happens, so it is asked for again.
  bool refused = false;
  for (int i = 0; i < 100 && !refused; ++i)
    refused = !tls_client{world.port()}.shaken();
  CHECK(refused);
}

TEST_CASE("new connections show the new certificate, old ones live on") {
  test_server world{{}, 2, context_of(first())};
  tls_client old{world.port()};
  CHECK(old.peer_name() == "first");
  world.server->use_tls(context_of(second()));
  CHECK(tls_client{world.port()}.peer_name() == "second");
  old.send(closing("GET", "/echo"));
  CHECK(ends_with(old.read_to_end(), "GET /echo |"));
}

TEST_CASE("a server that stops ends idle TLS connections in order") {
  test_server world{{}, 1, context_of(first())};
  tls_client client{world.port()};
  client.send(request_text("GET", "/echo"));
  CHECK(client.read(1) != "");
  tls_client half{world.port()};
  world.server->stop(1s);
  client.read_to_end();
  CHECK(client.ended_in_order());
}

TEST_CASE("files that cannot be used are refused by name, with the reason") {
  auto missing = refusal_of("no-such-cert.pem", first().key());
  CHECK(missing == "no-such-cert.pem: the certificate cannot be read: No such "
                   "file or directory");
  CHECK(refusal_of(first().certificate(), "no-such-key.pem") ==
        "no-such-key.pem: the private key cannot be read: No such file or "
        "directory");
  auto swapped = refusal_of(first().key(), first().certificate());
  CHECK(swapped.rfind(first().key() + ": this is no certificate", 0) == 0);
  auto no_key = refusal_of(first().certificate(), first().certificate());
  CHECK(no_key.rfind(first().certificate() + ": this is no private key", 0) ==
        0);
  CHECK(refusal_of(first().certificate(), second().key()) ==
        second().key() +
            ": the private key does not belong to the "
            "certificate in " +
            first().certificate());
}
