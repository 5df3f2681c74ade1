// Its words for faults, and its control calls.
// Must not know sockets.
#include "tests/fakes/telegram_service.hpp"

#include <stdexcept>
#include <utility>

namespace fake {

namespace {

/// How Telegram's faults are called, and what a rule may say.
const fault_words& bot_words() {
  static const fault_words words{
      .calls = {"send", "edit", "updates", "me"},
      .faults = {{fault::reject, "reject"},
                 {fault::limit_429, "429"},
                 {fault::before_500, "500_before"},
                 {fault::after_500, "500_after"},
                 {fault::drop_request, "drop_request"},
                 {fault::drop_response, "drop_response"},
                 {fault::close_keepalive, "close_keepalive"},
                 {fault::hang_before, "hang_before", 30'000},
                 {fault::hang_after, "hang_after", 30'000},
                 {fault::delay_accept, "delay_accept", 1'000},
                 {fault::not_modified, "not_modified", 0, "edit"},
                 {fault::malformed, "malformed"},
                 {fault::truncated, "truncated"},
                 {fault::huge, "huge"},
                 {fault::wrong_shape, "wrong_shape"},
                 {fault::slow_body, "slow_body", 100}},
      .matches = {{"chatId"}, {"contains", true}},
      .status = "code",
      .message = "description",
      .wrong_shape = R"({"ok":true,"result":[{"message_id":{"nested":true}}]})",
  };
  return words;
}

/// The same text sent again is another call of the same key.
std::string key_of(const bot_request& request) {
  auto key = request.get("chat_id");
  if (request.what == bot_method::edit)
    key += " " + request.get("message_id");
  return key + " " + request.get("text");
}

std::size_t limit_in(const json& body, const char* name) {
  auto limit = body.value(name, json(0U));
  if (!limit.is_number_unsigned())
    throw std::invalid_argument("a limit is a whole number; 0 ends it");
  return limit.get<std::size_t>();
}

} // namespace

telegram_service::telegram_service(std::string token, std::uint64_t seed)
    : service(bot_words(), seed), token_(std::move(token)),
      bot_(std::make_unique<bot>(token_)) {}

incoming telegram_service::arrived(const http_request& request) {
  auto taken = parse_bot_request(request);
  bot_->count(taken);
  fault_subject subject;
  subject.call = fault_call_of(taken.what);
  subject.key = key_of(taken);
  subject.fields = {{"chatId", taken.get("chat_id")},
                    {"contains", taken.get("text")}};
  auto serve = [this, taken, poll = std::optional<update_poll>{}](
                   const fault_plan& plan) mutable {
    return bot_->serve(taken, poll, plan.what == fault::not_modified);
  };
  return {subject, serve};
}

answer telegram_service::refused(const fault_plan& plan) {
  switch (plan.what) {
  case fault::limit_429:
    bot_->count_limited();
    return bot_limited(plan.retry_after_s);
  case fault::before_500:
  case fault::after_500:
    return bot_refusal(500, "Internal Server Error");
  default:
    return bot_refusal(plan.status, plan.message.empty()
                                        ? "Bad Request: refused as the test "
                                          "wants"
                                        : plan.message);
  }
}

json telegram_service::show(std::string_view path) {
  if (path != "/fake/chats")
    throw no_such_call{};
  return bot_->state_json();
}

json telegram_service::change(std::string_view path, const json& body) {
  if (path == "/fake/chats") {
    auto& known = body.at("known");
    if (known.is_null())
      bot_->chats().know(std::nullopt);
    else
      bot_->chats().know(known.get<std::set<chat_id>>());
    return json::object();
  }
  if (path == "/fake/limits")
    return change_limits(body);
  if (path == "/fake/migrate") {
    bot_->chats().migrate(body.at("chatId").get<chat_id>(),
                          body.at("toChatId").get<chat_id>());
    return json::object();
  }
  if (path == "/fake/updates") {
    bot_->updates().add(body.at("updates"));
    return {{"updates", bot_->updates().waiting()}};
  }
  throw no_such_call{};
}

json telegram_service::change_limits(const json& body) {
  for (const auto& item : body.items())
    if (item.key() != "perChatPerS" && item.key() != "perS")
      throw std::invalid_argument("there is no limit \"" + item.key() + "\"");
  auto per_chat = limit_in(body, "perChatPerS");
  auto per_s = limit_in(body, "perS");
  bot_->limits().per_chat_per_s = per_chat;
  bot_->limits().per_s = per_s;
  return json::object();
}

void telegram_service::start_anew() { bot_ = std::make_unique<bot>(token_); }

} // namespace fake
