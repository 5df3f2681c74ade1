// Trades on the fake exchange as a bot without Holdfast does: the order, and
// one query for what came of it. Shares no code with the node's adapter.
// Must not know the node.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace holdfast::bench {

class direct_trader {
public:
  /// `url` without a slash at its end.
  direct_trader(std::string url, std::string api_key, std::string secret);
  ~direct_trader();
  direct_trader(const direct_trader&) = delete;
  direct_trader& operator=(const direct_trader&) = delete;

  /// Places the order of the `n`th trade, on a connection of its own, and
  /// queries it, on a kept one, as the node's adapter does.
  /// @throws std::runtime_error unless the order was filled
  void trade(std::uint64_t n);

private:
  struct line;
  std::string call(line& by, const char* method, const std::string& parameters);

  std::string url_;
  std::string api_key_;
  std::string secret_;
  std::unique_ptr<line> orders_;
  std::unique_ptr<line> queries_;
};

} // namespace holdfast::bench
