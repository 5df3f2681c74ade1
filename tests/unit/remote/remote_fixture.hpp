// An engine and its clients in actor systems of their own, over loopback TLS.
// Must not test anything itself.
#pragma once

#include "engine/engine.hpp"
#include "messages/type_ids.hpp"
#include "remote/interface.hpp"
#include "remote/published_engine.hpp"
#include "remote/remote_engine.hpp"
#include "remote/security.hpp"
#include "remote/transport.hpp"
#include "storage/memory_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <thread>
#include <variant>

namespace holdfast::remote_test {

using namespace std::chrono_literals;

namespace fs = std::filesystem;

/// For what must happen, on a machine that may be slow. Nothing here waits
/// without an end.
constexpr auto patience = 60s;

/// Looks again and again until it is so.
template <class Condition>
void until(Condition so) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (!so()) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    std::this_thread::yield();
  }
}

/// The first thing that somebody is told.
class first_word {
public:
  void tell(const std::string& about) {
    if (!told_.exchange(true))
      word_.set_value(about);
  }
  std::string wait() {
    auto word = word_.get_future();
    REQUIRE(word.wait_for(patience) == std::future_status::ready);
    return word.get();
  }

private:
  std::atomic<bool> told_ = false;
  std::promise<std::string> word_;
};

/// Two authorities with a certificate each, made once; they go with the test.
class certificates {
public:
  static const certificates& get() {
    static const certificates all;
    return all;
  }
  ~certificates() { fs::remove_all(dir_); }

  remote_security of(const std::string& authority) const {
    auto dir = dir_ / authority;
    remote_security with;
    with.certificate = dir / "peer.pem";
    with.private_key = dir / "peer.key";
    with.authorities = dir / "authority.pem";
    return with;
  }
  fs::path dir() const { return dir_; }

private:
  certificates() {
    auto name = (fs::temp_directory_path() / "holdfast-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    dir_ = name;
    for (const auto* authority : {"ours", "other"}) {
      auto command = std::string{HOLDFAST_MAKE_CERTIFICATES} + " " +
                     (dir_ / authority).string() + " peer";
      REQUIRE(std::system(command.c_str()) == 0);
    }
  }
  fs::path dir_;
};

/// A process of its own, as far as CAF is concerned.
struct node {
  // Long: a machine that stalls must not look like a lost peer here.
  explicit node(const std::string& authority = "ours",
                std::chrono::milliseconds lost_after = patience) {
    init_types(config);
    init_remote(config, lost_after);
    security = certificates::get().of(authority);
    config.set("scheduler.max-threads", std::size_t{2});
    system = std::make_unique<caf::actor_system>(config);
  }
  caf::actor_system_config config;
  remote_security security;
  std::unique_ptr<caf::actor_system> system;
};

/// A published engine in memory.
struct server {
  server() : server(0) {}
  explicit server(std::uint16_t port,
                  std::chrono::milliseconds lost_after = patience)
      : host("ours", lost_after), hf(*host.system, {}, db),
        door(*host.system, hf, {"127.0.0.1", port}, host.security) {}
  node host;
  memory_store db;
  engine hf;
  published_engine door;
};

struct client {
  explicit client(std::uint16_t port, connection_listener listener = {})
      : hf(*host.system, {"127.0.0.1", port}, host.security,
           std::move(listener)) {
    REQUIRE(hf.wait_connected(patience));
  }
  node host;
  remote_engine hf;
};

inline acquire_lock want(std::string resource, std::string owner) {
  acquire_lock cmd;
  cmd.resource = std::move(resource);
  cmd.owner_id = std::move(owner);
  return cmd;
}

template <class T, class Handle, class Command>
std::variant<T, problem> ask(caf::actor_system& sys, const Handle& to,
                             Command cmd) {
  caf::scoped_actor self{sys};
  std::variant<T, problem> result;
  self->request(to, 20s, std::move(cmd))
      .receive([&](T& value) { result = std::move(value); },
               [&](const caf::error& why) { result = to_problem(why); });
  return result;
}

template <class T>
T good(std::variant<T, problem> answer) {
  if (auto* p = std::get_if<problem>(&answer))
    FAIL("refused: " << p->detail);
  return std::get<T>(std::move(answer));
}

template <class T>
problem refusal(std::variant<T, problem> answer) {
  REQUIRE(std::holds_alternative<problem>(answer));
  return std::get<problem>(std::move(answer));
}

inline std::variant<acquire_answer, problem> acquire(client& by,
                                                     acquire_lock cmd) {
  return ask<acquire_answer>(*by.host.system, by.hf.locks(), std::move(cmd));
}

/// Asks in the background, and waits until the engine has it in its queue.
inline std::future<std::variant<acquire_answer, problem>>
acquire_waiting(client& by, server& of, acquire_lock cmd) {
  cmd.otherwise = when_locked::wait;
  auto answer =
      std::async(std::launch::async, [&by, cmd] { return acquire(by, cmd); });
  list_queue queue;
  queue.resource = cmd.resource;
  queue.owner_id = cmd.owner_id;
  while (good(ask<entry_page>(*of.host.system, of.hf.queries(), queue))
             .items.empty())
    REQUIRE(answer.wait_for(1ms) == std::future_status::timeout);
  return answer;
}

/// Waits until as many are in the queue.
inline void until_waiting(server& of, const std::string& resource,
                          std::size_t count) {
  list_queue queue;
  queue.resource = resource;
  until([&] {
    return good(ask<entry_page>(*of.host.system, of.hf.queries(), queue))
               .items.size() == count;
  });
}

inline lock_record release(client& by, const lock_record& lock,
                           std::string result) {
  return good(ask<lock_record>(
      *by.host.system, by.hf.locks(),
      release_lock{{}, lock.id, lock.token(), false, std::move(result), {}}));
}

} // namespace holdfast::remote_test
