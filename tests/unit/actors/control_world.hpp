// A world with a control bot, and the chat that it serves.
#pragma once

#include "actors/control_bot.hpp"
#include "actors/crew.hpp"
#include "signal_world.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::test {

constexpr std::int64_t ann = 11;
constexpr std::int64_t ben = 12;
constexpr std::int64_t stranger = 66;
constexpr std::int64_t group = -500;

/// What was written to the bot, what it wrote, and how the chat behaves.
struct chat_room {
  std::map<std::int64_t, chat_message> inbox; ///< by number; not confirmed
  std::int64_t last = 0;
  std::vector<write_chat> written;
  std::deque<fetched_chat> fetches; ///< the next answers; then the truth
  std::deque<wrote_chat> writes;    ///< the same; a `sent` one is written
  std::size_t polls = 0;
};

using room_actor = control_channel_actor::extend<caf::reacts_to<tick>>;

inline room_actor::behavior_type keep_room(room_actor::pointer self,
                                           std::shared_ptr<chat_room> room) {
  using promise = caf::typed_response_promise<fetched_chat>;
  auto held = std::make_shared<std::vector<promise>>();
  auto look = [room, held] {
    if (room->inbox.empty())
      return;
    fetched_chat all;
    all.ok = true;
    all.bot_name = "holdfast_bot";
    for (const auto& [number, message] : room->inbox)
      all.messages.push_back(message);
    all.next_offset = room->inbox.rbegin()->first + 1;
    for (auto& to : std::exchange(*held, {}))
      to.deliver(all);
  };
  return {
      [self, room, held, look](const fetch_chat& what) -> promise {
        ++room->polls;
        std::erase_if(room->inbox, [&](const auto& entry) {
          return entry.first < what.offset;
        });
        auto to = self->make_response_promise<fetched_chat>();
        if (!room->fetches.empty()) {
          to.deliver(room->fetches.front());
          room->fetches.pop_front();
          return to;
        }
        held->push_back(to);
        look();
        return to;
      },
      [room](const write_chat& what) {
        wrote_chat came;
        came.kind = wrote_chat::sent;
        if (!room->writes.empty()) {
          came = room->writes.front();
          room->writes.pop_front();
        }
        if (came.kind == wrote_chat::sent)
          room->written.push_back(what);
        return came;
      },
      [look](tick) { look(); },
  };
}

struct bot_world : signal_world {
  bot_world() { begin(); }
  ~bot_world() { end(); }

  void begin() {
    channel = host(system().spawn(keep_room, room));
    control_settings who;
    who.user_ids = {ann, ben};
    who.log = [this](const std::string& line) { logged.push_back(line); };
    bot = host(system().spawn<control_bot>(
        around(), control_links{channel, locks(), queries()}, who));
    settle();
  }

  void end() {
    caf::anon_send_exit(bot, caf::exit_reason::kill);
    caf::anon_send_exit(channel, caf::exit_reason::kill);
    bot = nullptr;
    channel = nullptr;
    settle();
  }

  /// Somebody writes; `age_ms` ago, when his message was on its way so long.
  void write(std::int64_t user, const std::string& text, std::int64_t chat = 0,
             std::int64_t age_ms = 0) {
    chat_message message;
    message.user_id = user;
    message.chat_id = chat == 0 ? user : chat;
    message.alone = chat == 0;
    message.at_ms = clock().wall_ms - age_ms;
    message.text = text;
    room->inbox[++room->last] = message;
    caf::anon_send(channel, holdfast::tick{});
    settle();
  }

  /// The answer to what somebody writes; empty: there was none.
  std::string say(std::int64_t user, const std::string& text,
                  std::int64_t chat = 0) {
    auto before = room->written.size();
    write(user, text, chat);
    REQUIRE(room->written.size() <= before + 1);
    if (room->written.size() == before)
      return {};
    CHECK(room->written.back().chat_id == (chat == 0 ? user : chat));
    return room->written.back().html;
  }

  static std::string code_in(const std::string& answer) {
    auto at = answer.find("/confirm_");
    REQUIRE(at != std::string::npos);
    return answer.substr(at, 15);
  }

  lock_record hold(const std::string& resource) {
    return now(acquire(want(resource, "owner"))).lock;
  }

  lock_record look_at(const lock_record& lock) {
    return now(ask<lock_record>(queries(), get_lock{lock.id}));
  }

  std::size_t count(event_kind kind) {
    std::size_t n = 0;
    for (const auto& event : journal())
      n += event.kind == kind ? 1 : 0;
    return n;
  }

  std::uint64_t outcomes(const std::string& label) {
    for (const auto& x :
         now(ask<node_metrics>(queries(), get_metrics{})).control_messages)
      if (x.label == label)
        return x.count;
    return 0;
  }

  bool was_logged(const std::string& part) const {
    for (const auto& line : logged)
      if (line.find(part) != std::string::npos)
        return true;
    return false;
  }

  std::shared_ptr<chat_room> room = std::make_shared<chat_room>();
  std::vector<std::string> logged;
  room_actor channel;
  control_bot_actor bot;
};

inline bool says(const std::string& answer, const std::string& part) {
  return answer.find(part) != std::string::npos;
}

inline wrote_chat unsure(std::int64_t retry_after_ms = 0) {
  return {wrote_chat::unsure, "no answer", retry_after_ms};
}

inline fetched_chat no_chat_now(std::int64_t retry_after_ms = 0) {
  fetched_chat none;
  none.why = "HTTP 502";
  none.retry_after_ms = retry_after_ms;
  return none;
}

} // namespace holdfast::test
