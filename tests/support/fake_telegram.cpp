// Control calls of the fake Bot API alone.
// Must not know the node.
#include "tests/support/fake_telegram.hpp"

namespace holdfast::test {

fake_telegram::fake_telegram(const fake_telegram_config& config)
    : fake_process("HOLDFAST_FAKE_TELEGRAM", {"--token", config.token, "--port",
                                              std::to_string(config.port)}),
      config_(config) {}

json fake_telegram::state() const { return call("GET", "/fake/chats"); }

std::vector<json> fake_telegram::messages_of(std::int64_t chat_id) const {
  auto chats = state()["chats"];
  for (auto& chat : chats)
    if (chat["chatId"] == chat_id)
      return chat["messages"];
  return {};
}

std::vector<json> fake_telegram::log() const { return state()["log"]; }

void fake_telegram::know(const std::vector<std::int64_t>& chat_ids) {
  call("POST", "/fake/chats", {{"known", chat_ids}});
}

void fake_telegram::limits(const json& settings) {
  call("POST", "/fake/limits", settings);
}

void fake_telegram::migrate(std::int64_t chat_id, std::int64_t to_chat_id) {
  call("POST", "/fake/migrate",
       {{"chatId", chat_id}, {"toChatId", to_chat_id}});
}

json fake_telegram::updates(const json& list) {
  auto all = list.is_array() ? list : json::array({list});
  return call("POST", "/fake/updates", {{"updates", all}})["updates"];
}

} // namespace holdfast::test
