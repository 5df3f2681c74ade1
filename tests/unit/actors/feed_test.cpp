// A feed's polls through the real actors, with a bridge of the test's own.
#include "actors/crew.hpp"
#include "actors/position_feed.hpp"
#include "signal_world.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// What the bridge has, and how it answers.
struct bridge {
  std::map<std::string, position_event> open;
  std::map<std::string, fetched_close> deals;
  std::deque<fetched_positions> answers; ///< then the truth
  std::size_t polls = 0;
  std::size_t questions = 0;
};

fetched_positions no_list(const std::string& why) {
  fetched_positions none;
  none.why = why;
  return none;
}

position_source_actor::behavior_type serve(position_source_actor::pointer,
                                           std::shared_ptr<bridge> b) {
  return {
      [b](const fetch_positions&) {
        ++b->polls;
        if (!b->answers.empty()) {
          auto answer = b->answers.front();
          b->answers.pop_front();
          return answer;
        }
        fetched_positions all;
        all.ok = true;
        for (const auto& [id, event] : b->open)
          all.events.push_back(event);
        return all;
      },
      [b](const fetch_close& what) {
        ++b->questions;
        auto found = b->deals.find(what.position_id);
        fetched_close none;
        none.ok = true;
        return found == b->deals.end() ? none : found->second;
      },
  };
}

fetched_close deal(const std::string& price) {
  fetched_close x;
  x.ok = x.found = true;
  x.close_price = price;
  x.profit = "12.5";
  return x;
}

struct feed_world : signal_world {
  ~feed_world() { end(); }

  void begin() {
    source = system().spawn(serve, remote);
    feed = system().spawn<position_feed>(
        around(),
        feed_links{source, desk(), locks(), queries(), node().persistence},
        feed_settings{"acc-1", 2000, announce});
    settle();
  }
  void end() {
    caf::anon_send_exit(feed, caf::exit_reason::kill);
    caf::anon_send_exit(source, caf::exit_reason::kill);
    feed = nullptr;
    source = nullptr;
    settle();
  }
  void open_at_broker(const std::string& id) {
    auto event = opened(id);
    event.change = position_change::unsaid;
    remote->open[id] = event;
  }
  std::size_t count(event_kind kind) {
    std::size_t n = 0;
    for (const auto& event : journal())
      n += event.kind == kind ? 1 : 0;
    return n;
  }

  std::shared_ptr<bridge> remote = std::make_shared<bridge>();
  position_source_actor source;
  position_feed_actor feed;
  bool announce = false;
};

} // namespace

TEST_CASE_FIXTURE(feed_world, "what opens after the first contact is "
                              "announced, what was open before is not") {
  open_at_broker("1");
  begin();
  advance(100);
  CHECK(position("1").silent);
  open_at_broker("2");
  advance(2100);
  CHECK(position("2").message.status == message_status::sent);
  CHECK(log->messages.size() == 1);
  // A silent one stays silent, whatever happens to it.
  remote->open["1"].stop_loss = "1.08";
  advance(2100);
  CHECK(position("1").stop_loss == "1.08");
  CHECK(log->messages.size() == 1);
  check();
}

TEST_CASE_FIXTURE(feed_world, "R13: what opened and closed while the node was "
                              "down is caught up and announced") {
  begin();
  advance(100);
  open_at_broker("1");
  advance(2100);
  CHECK(log->messages.size() == 1);
  end();
  open_at_broker("2");
  remote->open.erase("1");
  remote->deals["1"] = deal("1.105");
  die_and_come_back();
  begin();
  advance(6000);
  CHECK(log->messages.size() == 2);
  CHECK_FALSE(position("1").open);
  CHECK(position("1").close_price == "1.105");
  CHECK(position("1").result_pips == "50");
  CHECK(log->messages.at(1).edits == 1);
  check();
}

TEST_CASE_FIXTURE(feed_world, "R22: an answer that is no list closes nothing") {
  begin();
  advance(100);
  open_at_broker("1");
  advance(2100);
  remote->answers.assign(20, no_list("the reply is no JSON array"));
  advance(3'600'000);
  CHECK(remote->answers.empty());
  CHECK(position("1").open);
  CHECK(count(event_kind::feed_disconnected) == 1);
  CHECK(count(event_kind::feed_connected) == 2);
  check();
}

TEST_CASE_FIXTURE(feed_world, "R25: a feed that does not answer shows in the "
                              "node's health, until it does") {
  begin();
  advance(100);
  CHECK(now(ask<health>(queries(), get_health{})).detail == "ok");
  remote->answers.assign(2, no_list("401 Unauthorized"));
  advance(2100);
  auto how = now(ask<health>(queries(), get_health{}));
  CHECK(how.ready);
  CHECK(how.detail.find("401 Unauthorized") != std::string::npos);
  advance(120'000);
  CHECK(now(ask<health>(queries(), get_health{})).detail == "ok");
}

TEST_CASE_FIXTURE(feed_world, "R24: a feed that is not answered asks ever more "
                              "rarely, and never stops") {
  begin();
  advance(100);
  constexpr std::size_t failures = 30;
  remote->answers.assign(failures, no_list("500"));
  auto before = remote->polls;
  advance(60'000);
  // Every two seconds would be thirty.
  CHECK(remote->polls - before < 20);
  CHECK(remote->polls - before > 2);
  advance(3'600'000);
  CHECK(remote->answers.empty());
  open_at_broker("1");
  before = remote->polls;
  advance(20'100);
  CHECK(remote->polls - before >= 10);
  CHECK(position("1").message.status == message_status::sent);
  check();
}

TEST_CASE_FIXTURE(feed_world, "a position that one poll lacks is not closed") {
  begin();
  advance(100);
  open_at_broker("1");
  advance(2100);
  fetched_positions empty;
  empty.ok = true;
  remote->answers = {empty};
  advance(2100);
  CHECK(position("1").open);
  advance(10'000);
  CHECK(position("1").open);
  CHECK(remote->questions == 0);
  check();
}

TEST_CASE_FIXTURE(feed_world, "R20: the price of the deal that closed a "
                              "position is waited for") {
  begin();
  advance(100);
  open_at_broker("1");
  advance(2100);
  remote->open.erase("1");
  advance(5000);
  CHECK(position("1").open);
  remote->deals["1"] = deal("1.09");
  advance(4000);
  CHECK_FALSE(position("1").open);
  CHECK(position("1").close_price == "1.09");
  CHECK(position("1").profit == "12.5");
  check();
}

TEST_CASE_FIXTURE(feed_world, "a position whose deal does not come is closed "
                              "without a price, and gets it when it comes") {
  begin();
  advance(100);
  open_at_broker("1");
  advance(2100);
  remote->open.erase("1");
  advance(30'000);
  CHECK_FALSE(position("1").open);
  CHECK(position("1").result_pips.empty());
  remote->deals["1"] = deal("1.105");
  advance(120'000);
  CHECK(position("1").result_pips == "50");
  CHECK(log->messages.size() == 1);
  check();
}

TEST_CASE_FIXTURE(feed_world, "a position closed by absence is open again when "
                              "it is there again") {
  begin();
  advance(100);
  open_at_broker("1");
  advance(2100);
  auto event = remote->open.at("1");
  remote->open.erase("1");
  advance(30'000);
  CHECK_FALSE(position("1").open);
  remote->open["1"] = event;
  advance(3000);
  CHECK(position("1").open);
  CHECK(log->messages.size() == 1);
  check();
}

TEST_CASE_FIXTURE(feed_world, "R14: a change that comes between a poll's "
                              "question and its answer is not undone by it") {
  begin();
  advance(100);
  open_at_broker("1");
  advance(2100);
  // The list is older than what somebody else has reported since.
  report_snapshot old;
  old.account_id = "acc-1";
  old.taken_at_ms = clock().wall_ms - 1;
  tell(opened("2"));
  auto came = now(ask<snapshot_reported>(desk(), old));
  CHECK(came.closed.size() == 1);
  CHECK(position("2").open);
  CHECK_FALSE(position("1").open);
  check();
}
