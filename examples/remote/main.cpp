// One program in two roles: a server that has the engine and publishes it, and
// a client that uses it from another process as if it were its own.
//
//   make-certificates certs server client
//   remote server CERTS DIRECTORY PORT
//   remote client CERTS PORT             commands on standard input:
//     acquire RESOURCE OWNER | wait RESOURCE OWNER | connected
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <holdfast.hpp>
#include <iostream>
#include <remote/published_engine.hpp>
#include <remote/remote_engine.hpp>
#include <sstream>
#include <string>
#include <syncstream>

namespace {

using namespace std::chrono_literals;

holdfast::remote_security identity(const std::string& dir,
                                   const std::string& name) {
  return {dir + "/" + name + ".pem", dir + "/" + name + ".key", "",
          dir + "/authority.pem"};
}

/// Writes one line, whole: answers come on several threads.
void say(const std::string& line) {
  std::osyncstream{std::cout} << line << std::endl;
}

/// Reads lines until the input ends, which is the sign to stop.
template <class F>
void each_line(F act) {
  for (std::string line; std::getline(std::cin, line);)
    act(line);
}

int serve(caf::actor_system& sys, const std::string& certificates,
          const std::string& directory, std::uint16_t port) {
  holdfast::options opts;
  opts.data_dir = directory;
  opts.map_bytes = std::uint64_t{1} << 30;
  holdfast::engine hf{sys, opts};
  // Declared after the engine, so that it goes first.
  holdfast::published_engine door{
      sys, hf, {"127.0.0.1", port}, identity(certificates, "server")};
  say("port " + std::to_string(door.port()));
  each_line([](const std::string&) {});
  return 0;
}

/// Asks without waiting for the answer, which is printed when it comes.
void acquire(caf::actor_system& sys, const holdfast::remote_engine& hf,
             holdfast::acquire_lock cmd) {
  sys.spawn([cmd, locks = hf.locks()](caf::event_based_actor* self) {
    auto name = cmd.owner_id;
    self->request(locks, caf::infinite, cmd)
        .then(
            [name](const holdfast::acquire_answer& answer) {
              say(name + " has token " + std::to_string(answer.lock.token()));
            },
            [name](const caf::error& why) {
              auto what = holdfast::to_problem(why);
              say(name + " refused: " + std::string{to_string(what.code)} +
                  ", " + what.detail);
            });
  });
}

int use(caf::actor_system& sys, const std::string& certificates,
        std::uint16_t port) {
  holdfast::remote_engine hf{
      sys,
      {"127.0.0.1", port},
      identity(certificates, "client"),
      [](bool, const std::string& about) { say(about); }};
  each_line([&](const std::string& line) {
    std::istringstream words{line};
    std::string verb;
    holdfast::acquire_lock cmd;
    words >> verb >> cmd.resource >> cmd.owner_id;
    if (verb == "connected") {
      say(hf.wait_connected(10s) ? "yes" : "no");
    } else if (verb == "acquire" || verb == "wait") {
      cmd.timeout_ms = 600'000;
      cmd.otherwise = verb == "wait" ? holdfast::when_locked::wait
                                     : holdfast::when_locked::reject;
      acquire(sys, hf, cmd);
    } else {
      say("what is \"" + line + "\"?");
    }
  });
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  std::string role = argc > 1 ? argv[1] : "";
  if (!(role == "server" && argc == 5) && !(role == "client" && argc == 4)) {
    std::cerr << "usage: remote server CERTS DIRECTORY PORT\n"
                 "       remote client CERTS PORT\n";
    return 2;
  }
  auto port = static_cast<std::uint16_t>(std::stoi(argv[argc - 1]));
  caf::actor_system_config cfg;
  holdfast::init_types(cfg);
  // A peer that says nothing for two seconds is lost.
  holdfast::init_remote(cfg, 2s);
  caf::actor_system sys{cfg};
  try {
    return role == "server" ? serve(sys, argv[2], argv[3], port)
                            : use(sys, argv[2], port);
  } catch (const std::exception& why) {
    std::cerr << "remote: " << why.what() << '\n';
    return 1;
  }
}
