// One function per call; a refusal is thrown, and caught by bot::serve alone.
// Must not know sockets.
#include "tests/fakes/telegram_bot.hpp"

#include "tests/fakes/telegram_html.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace fake {

namespace {

constexpr std::size_t text_units_max = 4096;
constexpr std::int64_t updates_max = 100;
constexpr std::int64_t poll_max_s = 50;
constexpr chat_id supergroups_below = -1'000'000'000'000;

struct refused {
  std::string counter; ///< of the state's `refused`
  std::string description;
  int code = 400;
  json parameters = nullptr;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

formatted_text parsed(const bot_text& text) {
  auto mode = lower(text.parse_mode);
  if (mode.empty())
    return {text.raw};
  if (mode != "html")
    throw refused{"parameter", "Bad Request: unsupported parse_mode"};
  try {
    return parse_html(text.raw);
  } catch (const std::invalid_argument& why) {
    throw refused{"entities", "Bad Request: can't parse entities: " +
                                  std::string{why.what()}};
  }
}

bot_text checked_text(const bot_request& request) {
  bot_text text{request.get("text"), request.get("parse_mode"), {}};
  if (text.raw.empty())
    throw refused{"text", "Bad Request: message text is empty"};
  if (!is_utf8(text.raw))
    throw refused{"text", "Bad Request: strings must be encoded in UTF-8"};
  text.parsed = trimmed(parsed(text));
  if (text.parsed.text.empty())
    throw refused{"text", "Bad Request: text must be non-empty"};
  if (utf16_length(text.parsed.text) > text_units_max)
    throw refused{"text", "Bad Request: message is too long"};
  return text;
}

/// Nothing when it replies to nothing, or may and cannot.
std::optional<std::int64_t> checked_reply(const bot_request& request,
                                          chat_id chat, chat_list& chats) {
  auto sent = request.get("reply_parameters");
  if (sent.empty())
    return std::nullopt;
  auto reply = json::parse(sent, nullptr, false);
  if (!reply.is_object() || !reply.contains("message_id") ||
      !reply["message_id"].is_number_integer())
    throw refused{"parameter",
                  "Bad Request: can't parse reply parameters JSON object"};
  auto id = reply["message_id"].get<std::int64_t>();
  if (chats.find(chat, id) != nullptr)
    return id;
  if (reply.value("allow_sending_without_reply", json(false)) != true)
    throw refused{"reply", "Bad Request: message to be replied not found"};
  return std::nullopt;
}

json chat_json(chat_id id) {
  if (id > 0)
    return {{"id", id}, {"type", "private"}, {"first_name", "Somebody"}};
  auto type = id < supergroups_below ? "supergroup" : "group";
  return {{"id", id}, {"type", type}, {"title", "Some group"}};
}

json entity_json(const entity& e) {
  json result{{"type", e.type}, {"offset", e.offset}, {"length", e.length}};
  if (e.type == "text_link")
    result["url"] = e.argument;
  return result;
}

answer as_answer(int code, const json& body) {
  return {code, text_of(body), {}, "application/json"};
}

} // namespace

answer bot_refusal(int code, const std::string& description,
                   const json& parameters) {
  json body{{"ok", false}, {"error_code", code}, {"description", description}};
  if (!parameters.is_null())
    body["parameters"] = parameters;
  return as_answer(code, body);
}

answer bot_limited(int retry_after_s) {
  auto seconds = std::to_string(retry_after_s);
  auto reply = bot_refusal(429, "Too Many Requests: retry after " + seconds,
                           {{"retry_after", retry_after_s}});
  reply.headers.emplace_back("Retry-After", seconds);
  return reply;
}

void bot::count(const bot_request& request) {
  ++requests_[std::string{spelling_of(request.what)}];
}

std::optional<answer> bot::serve(const bot_request& request,
                                 std::optional<update_poll>& poll,
                                 bool same_text) {
  try {
    check_access(request);
    std::optional<json> result;
    switch (request.what) {
    case bot_method::send:
      result = sent(request);
      break;
    case bot_method::edit:
      result = edited(request, same_text);
      break;
    case bot_method::updates:
      result = fetched(request, poll);
      break;
    default:
      result = self_json();
    }
    if (!result)
      return std::nullopt;
    return as_answer(200, {{"ok", true}, {"result", *result}});
  } catch (const refused& why) {
    ++refused_[why.counter];
    return why.code == 429
               ? bot_limited(1)
               : bot_refusal(why.code, why.description, why.parameters);
  }
}

void bot::check_access(const bot_request& request) const {
  if (!request.is_bot_path)
    throw refused{"method", "Not Found", 404};
  if (request.token != token_)
    throw refused{"token", "Unauthorized", 401};
  if (request.what == bot_method::other)
    throw refused{"method", "Not Found", 404};
  if (request.unreadable)
    throw refused{"parameter", "Bad Request: can't parse JSON object"};
}

/// What was allowed before stays so when nothing is said.
void bot::take_allowed(const bot_request& request) {
  auto sent = request.get("allowed_updates");
  if (sent.empty())
    return;
  auto kinds = json::parse(sent, nullptr, false);
  auto is_text = [](const json& x) { return x.is_string(); };
  if (!kinds.is_array() || !std::all_of(kinds.begin(), kinds.end(), is_text))
    throw refused{"parameter",
                  "Bad Request: can't parse allowed_updates JSON array"};
  updates_.allow(kinds.get<std::set<std::string>>());
}

chat_id bot::checked_chat(const bot_request& request) const {
  if (request.get("chat_id").empty())
    throw refused{"chat", "Bad Request: chat_id is empty"};
  auto id = request.number("chat_id");
  if (!id || !chats_.knows(*id))
    throw refused{"chat", "Bad Request: chat not found"};
  if (auto to = chats_.moved_to(*id))
    throw refused{"migrated",
                  "Bad Request: group chat was upgraded to a supergroup chat",
                  400,
                  {{"migrate_to_chat_id", *to}}};
  return *id;
}

void bot::check_limits(chat_id chat) {
  if (!limits_.admit(chat))
    throw refused{"limit", "", 429};
}

json bot::sent(const bot_request& request) {
  auto text = checked_text(request);
  auto chat = checked_chat(request);
  auto reply_to = checked_reply(request, chat, chats_);
  check_limits(chat);
  return message_json(chat, chats_.send(chat, text, reply_to));
}

json bot::edited(const bot_request& request, bool same_text) {
  auto text = checked_text(request);
  auto chat = checked_chat(request);
  if (request.get("message_id").empty())
    throw refused{"edit", "Bad Request: message identifier is not specified"};
  auto found = chats_.find(chat, request.number("message_id").value_or(0));
  if (found == nullptr)
    throw refused{"edit", "Bad Request: message to edit not found"};
  if (same_text || found->shown == text.parsed)
    throw refused{"notModified",
                  "Bad Request: message is not modified: specified new message "
                  "content and reply markup are exactly the same as a current "
                  "content and reply markup of the message"};
  check_limits(chat);
  chats_.edit(chat, *found, text);
  return message_json(chat, *found);
}

std::optional<json> bot::fetched(const bot_request& request,
                                 std::optional<update_poll>& poll) {
  auto number = [&](const char* name, std::int64_t otherwise) {
    return request.number(name).value_or(otherwise);
  };
  auto limit =
      std::clamp<std::int64_t>(number("limit", updates_max), 1, updates_max);
  if (!poll) {
    take_allowed(request);
    auto wait_s = std::clamp<std::int64_t>(number("timeout", 0), 0, poll_max_s);
    poll = updates_.begin(number("offset", 0), wait_s * 1000);
  }
  if (!updates_.is_newest(*poll))
    throw refused{"conflict",
                  "Conflict: terminated by other getUpdates request; make sure "
                  "that only one bot instance is running",
                  409};
  return updates_.take(*poll, static_cast<std::size_t>(limit));
}

json bot::self_json() const {
  auto id = whole_number(token_.substr(0, token_.find(':')));
  return {{"id", id.value_or(1)},
          {"is_bot", true},
          {"first_name", "Holdfast"},
          {"username", "holdfast_test_bot"}};
}

json bot::message_json(chat_id chat, const message& m) {
  json result{{"message_id", m.id},
              {"from", self_json()},
              {"chat", chat_json(chat)},
              {"date", m.sent_at_ms / 1000},
              {"text", m.shown.text}};
  if (m.edited_at_ms > 0)
    result["edit_date"] = m.edited_at_ms / 1000;
  if (!m.shown.entities.empty()) {
    auto& list = result["entities"] = json::array();
    for (const auto& each : m.shown.entities)
      list.push_back(entity_json(each));
  }
  if (m.reply_to)
    result["reply_to_message"] = {{"message_id", *m.reply_to},
                                  {"chat", chat_json(chat)}};
  return result;
}

json bot::state_json() const {
  json requests, refusals;
  auto count = [](const auto& counts, const char* name) {
    auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
  };
  for (auto name :
       {"sendMessage", "editMessageText", "getUpdates", "getMe", "other"})
    requests[name] = count(requests_, name);
  for (auto name :
       {"token", "method", "parameter", "text", "entities", "chat", "migrated",
        "reply", "edit", "notModified", "limit", "conflict"})
    refusals[name] = count(refused_, name);
  return {{"chats", chats_.chats_json()},
          {"log", chats_.log_json()},
          {"updates", updates_.waiting()},
          {"requests", requests},
          {"refused", refusals}};
}

} // namespace fake
