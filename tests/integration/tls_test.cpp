// HTTPS with the real program, spoken to by curl; certificates by openssl.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <stdexcept>

using namespace holdfast::test;

namespace {

struct finished_command {
  int exit_code = -1;
  std::string output; ///< stdout and stderr together
};

finished_command run(const std::string& command) {
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr)
    throw std::runtime_error("cannot run " + command);
  finished_command result;
  char chunk[4096];
  while (auto size = std::fread(chunk, 1, sizeof chunk, pipe))
    result.output.append(chunk, size);
  auto status = ::pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

/// A node that speaks HTTPS, with a certificate for 127.0.0.1.
struct secure_node {
  secure_node() {
    make_certificate("cert.pem", "key.pem");
    process.reconfigure({.more = toml()});
    process.launch();
    const std::string before = "listening on https://127.0.0.1:";
    REQUIRE(eventually(
        [&] { return process.output().find(before) != std::string::npos; }));
    auto written = process.output();
    port = written.substr(written.find(before) + before.size());
    port = port.substr(0, port.find('/'));
  }

  std::string path(const std::string& name) const {
    return (dir.path() / name).string();
  }

  std::string toml() const {
    return "[tls]\ncertificate = \"" + path("cert.pem") +
           "\"\nprivate_key = \"" + path("key.pem") + "\"\n";
  }

  void make_certificate(const std::string& certificate,
                        const std::string& key) const {
    auto made = run("openssl req -x509 -newkey ec -pkeyopt "
                    "ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=t "
                    "-addext subjectAltName=IP:127.0.0.1 -keyout " +
                    path(key) + " -out " + path(certificate));
    INFO(made.output);
    REQUIRE(made.exit_code == 0);
  }

  finished_command curl(const std::string& arguments,
                        const std::string& scheme = "https") const {
    return run("curl -sS --noproxy '*' --max-time 10 --cacert " +
               path("cert.pem") + " " + arguments + " " + scheme +
               "://127.0.0.1:" + port + "/v1/stats");
  }

  temp_dir dir;
  node_process process;
  std::string port;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a node with a certificate speaks HTTPS, of TLS 1.2 and 1.3 alone") {
  secure_node node;
  for (std::string version : {"", "--tlsv1.2 --tls-max 1.2", "--tlsv1.3"}) {
    auto answer = node.curl(version);
    INFO(version, ": ", answer.output);
    CHECK(answer.exit_code == 0);
    CHECK(contains(answer.output, "\"activeLocks\":0"));
  }
  CHECK(node.curl("--tlsv1.1 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0")
            .exit_code != 0);
  auto plain = node.curl("-w ' %{http_code}'", "http");
  CHECK(contains(plain.output, "https://"));
  CHECK(contains(plain.output, " 400"));
  CHECK(node.process.stop() == 0);
}

TEST_CASE("SIGHUP brings a new certificate; a bad one changes nothing") {
  secure_node node;
  auto fingerprint = [&] {
    return run("openssl s_client -connect 127.0.0.1:" + node.port +
               " </dev/null 2>/dev/null | openssl x509 -noout -fingerprint")
        .output;
  };
  auto reload = [&](const std::string& word) {
    ::kill(node.process.pid(), SIGHUP);
    REQUIRE(eventually([&] { return contains(node.process.output(), word); }));
  };
  auto first = fingerprint();
  REQUIRE(contains(first, "ingerprint="));
  std::ofstream{node.path("cert.pem")} << "nonsense\n";
  reload("not reloaded: the certificate stays");
  CHECK(contains(node.process.output(), node.path("cert.pem") + ": "));
  CHECK(fingerprint() == first);
  node.make_certificate("cert.pem", "key.pem");
  ::kill(node.process.pid(), SIGHUP);
  CHECK(eventually([&] { return fingerprint() != first; }));
  CHECK(node.curl("").exit_code == 0);
}

TEST_CASE("files that cannot be used end the start with 2, by name") {
  secure_node node;
  CHECK(node.process.stop() == 0);
  node.make_certificate("other-cert.pem", "other-key.pem");
  std::ofstream{node.path("nonsense.pem")} << "nonsense\n";
  struct {
    std::string certificate;
    std::string key;
    std::string says;
  } rows[] = {
      {"none.pem", "key.pem", "none.pem: the certificate cannot be read"},
      {"cert.pem", "none.pem", "none.pem: the private key cannot be read"},
      {"nonsense.pem", "key.pem", "nonsense.pem: this is no certificate"},
      {"cert.pem", "nonsense.pem", "nonsense.pem: this is no private key"},
      {"cert.pem", "other-key.pem",
       "other-key.pem: the private key does not "
       "belong to the certificate"},
  };
  for (auto& row : rows) {
    std::ofstream{node.path("test.toml")}
        << "[tls]\ncertificate = \"" << node.path(row.certificate)
        << "\"\nprivate_key = \"" << node.path(row.key) << "\"\n";
    for (auto check : {true, false}) {
      std::vector<std::string> arguments{"node", "--config",
                                         node.path("test.toml")};
      if (check)
        arguments.emplace_back("--check-config");
      auto result = run_binary(arguments);
      INFO(row.certificate, " ", row.key, ": ", result.output);
      CHECK(result.exit_code == 2);
      CHECK(contains(result.output, row.says));
    }
  }
}
