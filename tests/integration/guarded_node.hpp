// A node with tokens, and callers of every scope.
// Must not know how the node is built: only the contract's words.
#pragma once

#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <string>

namespace holdfast::test {

// printf %s TOKEN | sha256sum
inline const std::string read_token = "hf_read_4f1c9a";
inline const std::string read_hash =
    "47ae9a0921eee4b4cbd7a82ff4068ea6dc38205af327be8b0f1a52309ca46f84";
inline const std::string trade_token = "hf_trade_77ab03";
inline const std::string trade_hash =
    "af66678aa19d07b5b3b7997790f11660fc5830ce6e91d773b0fbc44a6f044b58";
inline const std::string operate_token = "hf_operate_c0ffee";
inline const std::string operate_hash =
    "7c4ad732b3ded4a47c197681f14eb8d9b1562d64a4cbe0ec4b2d85d8e6b9595b";
inline const std::string ann_token = "hf_ann_51f2d8";
inline const std::string ann_hash =
    "229a2cbb9be9eeceb7fcd49dcf74d2e79dc4992807135c8734afb6d93cd40cce";

inline std::string all_tokens() {
  return "# who may call\n\nlooker read " + read_hash + "\nbot trade " +
         trade_hash + "\nboss operate " + operate_hash + "\nann trade " +
         ann_hash + " ann\n";
}

inline void write_file(const std::filesystem::path& path,
                       const std::string& text) {
  std::ofstream{path} << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
}

/// A node with tokens, log and data of its own.
struct guarded_node {
  explicit guarded_node(const std::string& auth = {},
                        const std::string& node = {}) {
    write_file(tokens(), all_tokens());
    process.reconfigure({.node = "log_level = \"trace\"\n" + node,
                         .more = "[auth]\ntokens_file = \"" +
                                 tokens().string() + "\"\n" + auth});
    process.start();
  }

  std::filesystem::path tokens() const { return dir.path() / "tokens"; }

  http_response call(const std::string& method, const std::string& target,
                     const std::string& token, const std::string& body = {},
                     header_map headers = {}) const {
    if (!token.empty())
      headers["Authorization"] = "Bearer " + token;
    return http_client{process.port()}.send(method, target, body, headers);
  }

  json acquire(const std::string& resource, const std::string& owner,
               const std::string& token) const {
    auto answer =
        call("POST", "/v1/locks", token, acquire_body(resource, owner).dump());
    INFO(answer.text);
    REQUIRE((answer.status == 201 || answer.status == 202));
    return answer.status == 201 ? answer.body.at("lock")
                                : answer.body.at("entry");
  }

  /// The status of a release by `token`.
  int release(const json& lock, const std::string& token) const {
    return call("POST",
                "/v1/locks/" + lock.at("lockId").get<std::string>() +
                    "/release",
                token, json{{"fencingToken", lock.at("fencingToken")}}.dump())
        .status;
  }

  /// SIGHUP, and waits until the log says `word` once more than before.
  void reload(const std::string& word) {
    auto count = [&] {
      std::size_t found = 0;
      auto text = process.output();
      for (auto at = text.find(word); at != std::string::npos;
           at = text.find(word, at + 1))
        ++found;
      return found;
    };
    auto before = count();
    ::kill(process.pid(), SIGHUP);
    REQUIRE(eventually([&] { return count() > before; }));
  }

  temp_dir dir;
  node_process process;
};

} // namespace holdfast::test
