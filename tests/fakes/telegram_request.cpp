// The path, and three ways to send parameters.
// Must not know chats.
#include "tests/fakes/telegram_request.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace fake {

namespace {

struct method_name {
  bot_method what;
  std::string_view spelling;
  std::string_view fault_call;
};

constexpr std::array<method_name, 4> names{{
    {bot_method::send, "sendMessage", "send"},
    {bot_method::edit, "editMessageText", "edit"},
    {bot_method::updates, "getUpdates", "updates"},
    {bot_method::me, "getMe", "me"},
}};

const method_name* named(bot_method what) {
  auto found =
      std::find_if(names.begin(), names.end(),
                   [&](const method_name& n) { return n.what == what; });
  return found == names.end() ? nullptr : found;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) {
                      return std::tolower(x) == std::tolower(y);
                    });
}

void take_path(std::string_view path, bot_request& into) {
  constexpr std::string_view before = "/bot";
  auto slash = path.rfind('/');
  if (!path.starts_with(before) || slash < before.size())
    return;
  into.is_bot_path = true;
  into.token = decoded_path(path.substr(before.size(), slash - before.size()));
  for (const auto& known : names)
    if (same_letters(path.substr(slash + 1), known.spelling))
      into.what = known.what;
}

void take_form(std::string_view text, bot_request& into) {
  while (!text.empty())
    into.parameters.insert(decoded_pair(next_piece(text)));
}

void take_json(const std::string& body, bot_request& into) {
  auto parsed = json::parse(body, nullptr, false);
  into.unreadable = !parsed.is_object();
  if (into.unreadable)
    return;
  for (const auto& item : parsed.items())
    into.parameters[item.key()] = item.value().is_string()
                                      ? item.value().get<std::string>()
                                      : text_of(item.value());
}

} // namespace

std::string_view spelling_of(bot_method what) {
  auto name = named(what);
  return name == nullptr ? "other" : name->spelling;
}

std::string_view fault_call_of(bot_method what) {
  auto name = named(what);
  return name == nullptr ? std::string_view{} : name->fault_call;
}

std::string bot_request::get(const std::string& name) const {
  auto found = parameters.find(name);
  return found == parameters.end() ? std::string{} : found->second;
}

std::optional<std::int64_t> bot_request::number(const std::string& name) const {
  return whole_number(get(name));
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end)
    return std::nullopt;
  return value;
}

bot_request parse_bot_request(const http_request& request) {
  bot_request result;
  take_path(request.path(), result);
  take_form(request.query(), result);
  if (request.header("content-type").starts_with("application/json"))
    take_json(request.body, result);
  else
    take_form(request.body, result);
  return result;
}

} // namespace fake
