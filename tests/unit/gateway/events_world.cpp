// A gateway on a real engine, and clients that listen to its events.
#include "tests/unit/gateway/events_world.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace holdfast::test {

using json = nlohmann::json;

namespace {

/// The value of a line "name: value"; empty: there is no such line.
std::string field(const std::string& text, const std::string& name) {
  auto found = ("\n" + text).find("\n" + name + ": ");
  if (found == std::string::npos)
    return {};
  auto begin = found + name.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

frame parsed(const std::string& text) {
  auto id = field(text, "id");
  return {id.empty() ? 0 : std::stoull(id), field(text, "event"),
          field(text, "data")};
}

} // namespace

event_reader::event_reader(std::uint16_t port, std::string_view query,
                           std::string_view headers)
    : client(port) {
  client.send(
      request_text("GET", "/v1/events" + std::string{query}, "", headers));
  head = client.receive();
}

frame event_reader::next() {
  for (;;) {
    auto text = client.read_until("\n\n");
    auto found = parsed(text);
    if (text.empty() || !found.event.empty())
      return found;
  }
}

std::vector<frame> event_reader::next(std::size_t count) {
  std::vector<frame> all;
  while (all.size() < count)
    all.push_back(next());
  return all;
}

events_world::events_world(gateway_options how, const options& opts) {
  init_types(config_);
  config_.set("scheduler.max-threads", std::size_t{2});
  system_.emplace(config_);
  hf = std::make_unique<engine>(*system_, opts, db_);
  how.port = 0;
  http = std::make_unique<gateway>(*system_, hf->locks(), hf->queries(),
                                   hf->positions(), std::move(how));
}

events_world::~events_world() {
  hf->stop();
  http.reset();
  hf.reset();
}

raw_client& events_world::caller() {
  if (!caller_)
    caller_ = std::make_unique<raw_client>(port());
  return *caller_;
}

raw_answer events_world::call(std::string_view method, std::string_view target,
                              std::string_view body, std::string_view headers) {
  return raw_client{port()}.call(method, target, body, headers);
}

void events_world::acquire(const std::string& resource,
                           const std::string& owner) {
  auto body = json{{"resourceId", resource}, {"ownerId", owner}}.dump();
  if (caller().call("POST", "/v1/locks", body).status != 201)
    throw std::runtime_error("the lock was not granted");
}

void events_world::fail(const std::string& resource, const std::string& why) {
  auto body = json{{"resourceId", resource}, {"ownerId", "ann"}}.dump();
  auto answer = caller().call("POST", "/v1/locks", body);
  auto lock = json::parse(answer.body).at("lock");
  auto id = lock.at("lockId").get<std::string>();
  body = json{{"fencingToken", lock.at("fencingToken")}, {"error", why}}.dump();
  if (caller().call("POST", "/v1/locks/" + id + "/release", body).status != 200)
    throw std::runtime_error("the lock did not fail");
}

std::vector<frame> events_world::journal() {
  std::vector<frame> all;
  for (std::uint64_t after = 0;;) {
    auto text = caller()
                    .call("GET", "/v1/journal?limit=1000&after=" +
                                     std::to_string(after))
                    .body;
    auto page = nlohmann::ordered_json::parse(text);
    for (auto& item : page.at("items"))
      all.push_back({item.at("seq"), item.at("kind"), item.dump()});
    if (!page.contains("nextCursor"))
      return all;
    after = all.back().id;
  }
}

} // namespace holdfast::test
