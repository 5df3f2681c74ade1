// Journal rows as server-sent events (HTML standard, section 9.2).
// Must not know connections, CAF or Boost.
#include "gateway/event_batch.hpp"

#include "gateway/shapes.hpp"

namespace holdfast {

namespace {

/// JSON text has no line feeds, so that one line holds it.
std::string event_text(std::uint64_t id, std::string_view event,
                       std::string_view data) {
  std::string out;
  out.reserve(data.size() + 64);
  out += "id: ";
  out += std::to_string(id);
  out += "\nevent: ";
  out += event;
  out += "\ndata: ";
  out += data;
  out += "\n\n";
  return out;
}

/// Calls `look` with every kind there is until it answers true.
template <class F>
bool any_kind(F look) {
  for (std::size_t i = 1; i < event_kinds; ++i)
    if (auto kind = static_cast<event_kind>(i);
        to_string(kind) != to_string(event_kind{}) && look(kind))
      return true;
  return false;
}

} // namespace

bool from_string(std::string_view text, event_kind& x) {
  return any_kind([&](event_kind kind) {
    if (to_string(kind) != text)
      return false;
    x = kind;
    return true;
  });
}

std::string event_kind_names() {
  std::string names;
  any_kind([&](event_kind kind) {
    names += names.empty() ? "" : ", ";
    names += to_string(kind);
    return false;
  });
  return names;
}

bool event_filter::takes(const journal_event& x) const {
  auto kind = static_cast<std::size_t>(x.kind);
  return (resource.empty() || resource == x.resource) &&
         (owner_id.empty() || owner_id == x.owner_id) &&
         (kinds.none() || (kind < event_kinds && kinds.test(kind)));
}

const std::string& event_batch::text(std::size_t i) {
  auto& row = rows_[i];
  if (texts_[i].empty())
    texts_[i] = event_text(row.seq, to_string(row.kind), to_json(row));
  return texts_[i];
}

shared_text event_batch::select(const event_filter& filter,
                                std::uint64_t after) {
  bool all = filter.takes_all() && !rows_.empty() && rows_.front().seq > after;
  if (all && whole_)
    return whole_;
  std::string out;
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].seq > after && filter.takes(rows_[i]))
      out += text(i);
  auto shared = std::make_shared<const std::string>(std::move(out));
  if (all)
    whole_ = shared;
  return shared;
}

std::string place_text(std::uint64_t seq) {
  return "id: " + std::to_string(seq) + "\n\n";
}

std::string gap_text(std::uint64_t after, std::uint64_t place) {
  std::string data;
  json_writer to{data};
  to.begin_object()
      .member("from", after + 1)
      .member("oldest", place + 1)
      .end_object();
  return event_text(place, "gap", data);
}

} // namespace holdfast
