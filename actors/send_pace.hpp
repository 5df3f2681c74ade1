// How fast messages may leave: a bucket of tokens per chat, and one for all.
// Must not know any actor; the time is handed in.
#pragma once

#include "actors/notifier_settings.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace holdfast {

class send_pace {
public:
  explicit send_pace(const notifier_settings& how) : how_(how) {}

  /// How long to wait before a message to `chat` may leave; 0: take it now.
  std::int64_t wait_us(const std::string& chat, std::int64_t now_us) const;

  /// One leaves.
  void take(const std::string& chat, std::int64_t now_us);

  /// Nothing more to this chat before that.
  void hold(const std::string& chat, std::int64_t until_us);

private:
  /// In millionths of a message, so that nothing is rounded away.
  struct bucket {
    std::int64_t level = 0;
    std::int64_t at_us = 0;
    std::int64_t held_until_us = 0;
  };
  bucket filled(const std::string& chat, std::int64_t now_us) const;
  bucket filled_all(std::int64_t now_us) const;

  notifier_settings how_;
  std::map<std::string, bucket> chats_;
  bucket all_;
  bool used_ = false;
};

} // namespace holdfast
