// The event streams of one I/O thread.
// Must not know Boost or who may listen.
#include "gateway/event_hub.hpp"

#include "gateway/problem.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace holdfast {

namespace {

using std::chrono::steady_clock;

constexpr std::uint32_t live_rows_max = 1000;

/// Of one page for one stream; the next is read when it is taken.
constexpr std::uint32_t page_rows_max = 500;

/// The poll is asked again so often although nothing happens.
constexpr std::int64_t poll_ms = 60'000;

/// How long to wait when the journal cannot be read.
constexpr std::chrono::seconds retry_after{1};

/// With many streams, writing to all of them takes long. The thread also
/// answers requests: so it rests four times as long, and what happens meanwhile
/// shares the next round; only as long when the streams fall behind.
task_queue::delay rest_after(steady_clock::duration took, bool behind) {
  using std::chrono::duration_cast;
  constexpr std::chrono::milliseconds longest{250};
  auto rest = duration_cast<task_queue::delay>(behind ? took : 4 * took);
  return std::min<task_queue::delay>(rest, longest);
}

/// Shorter than this a timer only costs.
constexpr std::chrono::microseconds shortest_rest{200};

shared_text share(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

http_response stream_head() {
  http_response head;
  head.content_type = "text/event-stream";
  head.headers = {{"Cache-Control", "no-store"},
                  // Proxies that collect answers would hold events back.
                  {"X-Accel-Buffering", "no"}};
  return head;
}

problem caller_is_gone() {
  problem why;
  why.code = errc::cancelled;
  why.detail = "The caller is gone.";
  return why;
}

} // namespace

event_hub::event_hub(actor_bridge& bridge, queries_actor queries,
                     std::shared_ptr<task_queue> io, event_streams& counted)
    : bridge_(bridge), queries_(std::move(queries)), io_(std::move(io)),
      counted_(counted) {}

// -- one stream ---------------------------------------------------------------

void event_hub::open(const reply& to, event_filter filter,
                     std::optional<std::uint64_t> after) {
  auto who = std::make_shared<listener>(to);
  who->filter = std::move(filter);
  listeners_.push_back(who);
  to.on_hangup([this, who] { remove(who); });
  seek_newest(who, after, {head_, std::nullopt, 0});
}

/// The journal says what stands behind a number, not how far it goes: asks
/// behind ever larger numbers, then halves. As a rule nothing is behind the
/// first one, which is the last that was heard of.
void event_hub::seek_newest(const listener_ptr& who,
                            std::optional<std::uint64_t> after, search at) {
  auto probe = at.high ? at.low + (*at.high - at.low) / 2 : at.low + at.step;
  read_journal next;
  next.after = probe;
  next.limit = 1;
  bridge_.request(
      queries_, std::move(next),
      [this, who, after, at, probe](page_or_problem result) mutable {
        auto* page = std::get_if<journal_page>(&result);
        if (page == nullptr || who->gone) {
          remove(who);
          return who->to(
              to_response(page ? caller_is_gone() : std::get<problem>(result)));
        }
        if (page->items.empty())
          at.high = probe;
        else
          at.low = page->items.front().seq;
        at.step = std::max<std::uint64_t>(1, 2 * at.step);
        if (at.high && at.low >= *at.high)
          return begin(who, after, at.low);
        seek_newest(who, after, at);
      });
}

void event_hub::begin(const listener_ptr& who,
                      std::optional<std::uint64_t> after,
                      std::uint64_t newest) {
  who->place = after.value_or(newest);
  open_stream(who);
  // As after a restore from a backup: its numbers are given anew.
  if (who->place > newest)
    skip_to(*who, newest);
  who->behind = true; // reads on when this is taken
  who->to.write(share(place_text(who->place)));
}

void event_hub::open_stream(const listener_ptr& who) {
  // The session keeps these as long as it lives: they must not keep it, nor
  // each other.
  std::weak_ptr<listener> weak = who;
  stream_opening how;
  how.head = stream_head();
  how.heartbeat = ":\n\n";
  how.on_drained = [this, weak] {
    if (auto alive = weak.lock(); alive && alive->behind)
      read_on(alive);
  };
  how.on_end = [this, weak](bool too_slow) {
    if (too_slow)
      ++counted_.too_slow;
    if (auto alive = weak.lock())
      remove(alive);
  };
  who->to.open_stream(std::move(how));
}

void event_hub::read_on(const listener_ptr& who) {
  who->behind = false;
  read_journal next;
  next.after = who->place;
  next.limit = page_rows_max;
  bridge_.request(queries_, std::move(next),
                  [this, who](page_or_problem result) {
                    if (who->gone)
                      return;
                    if (auto* page = std::get_if<journal_page>(&result))
                      return take(who, *page);
                    // It resumes where it was, when reading works again.
                    who->to.end_stream();
                    remove(who);
                  });
}

void event_hub::take(const listener_ptr& who, journal_page& page) {
  event_batch batch{std::move(page.items)};
  skip_gap(*who, batch);
  auto from = std::exchange(who->place, std::max(who->place, page.next_after));
  // Answers come in the order in which the journal was read: the head is not
  // further than a page behind which there was nothing.
  if (!page.more && who->place >= head_)
    join(*who);
  else
    who->behind = true;
  auto text = batch.select(who->filter, from);
  if (!text->empty())
    who->to.write(std::move(text)); // and reads on when it is taken
  else if (who->behind)
    read_on(who);
}

/// Tells of rows that are not there any more: journal numbers have no gaps.
void event_hub::skip_gap(listener& who, const event_batch& rows) {
  if (rows.first() > who.place + 1)
    skip_to(who, rows.first() - 1);
}

void event_hub::skip_to(listener& who, std::uint64_t place) {
  who.to.write(share(gap_text(who.place, place)));
  who.place = place;
}

void event_hub::join(listener& who) {
  if (who.gone)
    return;
  // Others may have to hear first what this one has read ahead of them.
  head_ = live_ == 0 ? who.place : head_;
  who.live = true;
  ++live_;
  if (!polling_)
    poll();
}

void event_hub::remove(const listener_ptr& who) {
  if (std::exchange(who->gone, true))
    return;
  if (std::exchange(who->live, false))
    --live_;
  who->behind = false;
  std::erase(listeners_, who);
  --counted_.open;
}

void event_hub::end_all() {
  for (auto& who : std::exchange(listeners_, {})) {
    who->to.end_stream();
    remove(who);
  }
}

// -- all of them --------------------------------------------------------------

void event_hub::poll() {
  polling_ = live_ > 0;
  if (!polling_)
    return;
  read_journal next;
  next.after = head_;
  next.limit = live_rows_max;
  next.wait_ms = poll_ms;
  bridge_.request(queries_, std::move(next),
                  [this](page_or_problem result) { polled(result); });
}

void event_hub::poll_after(task_queue::delay time) {
  if (time < shortest_rest)
    poll();
  else
    io_->post_after(time, [this] { poll(); });
}

void event_hub::polled(page_or_problem& result) {
  if (auto* refused = std::get_if<problem>(&result)) {
    if (refused->code == errc::shutting_down) {
      end_all();
      polling_ = false;
      return;
    }
    return poll_after(retry_after);
  }
  if (live_ == 0)
    return poll(); // all who listened are gone
  auto& page = std::get<journal_page>(result);
  auto behind = page.more;
  auto began = steady_clock::now();
  spread(page);
  poll_after(rest_after(steady_clock::now() - began, behind));
}

void event_hub::spread(journal_page& page) {
  head_ = std::max(head_, page.next_after);
  event_batch batch{std::move(page.items)};
  auto everybody = listeners_; // who is too slow leaves while being written to
  for (auto& who : everybody) {
    if (!who->live)
      continue;
    skip_gap(*who, batch);
    auto text = batch.select(who->filter, who->place);
    who->place = std::max(who->place, page.next_after);
    who->to.write(std::move(text));
  }
}

} // namespace holdfast
