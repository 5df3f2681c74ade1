// One command's talk with a node: who calls, and what a refusal means for the
// exit code. Must not know the calls.
#pragma once

#include "node/http_client.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast {

/// What every command that talks to a node can be told.
struct client_args {
  std::string url;
  std::string token_file; ///< empty: HOLDFAST_TOKEN, if it is set
  std::string ca_file;
  bool json = false;
};

/// Where to call, and with which token.
/// @throws std::invalid_argument when the token file cannot be read or is
/// empty.
node_access to_access(const client_args& args);

/// The node answered, and said no.
struct node_refused : std::runtime_error {
  node_refused(int status, std::string body);
  int status;
  std::string code; ///< of the problem; empty when the answer was none
  std::string body; ///< as it came

  /// 2 for a request that is wrong, 3 for a refusal, 1 for a node in trouble.
  int exit_code() const;
};

/// There was no answer. Whether the call took effect is not known.
struct node_silent : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class api_session {
public:
  explicit api_session(const client_args& args);

  /// The body of a successful answer.
  /// @throws node_refused, node_silent
  std::string get(const std::string& target);
  std::string send(const std::string& method, const std::string& target,
                   const std::string& body = {});

private:
  std::string url_;
  http_client http_;
};

/// `path?name=value&...` of the values that are not empty.
std::string
with_query(std::string path,
           const std::vector<std::pair<std::string, std::string>>& query);

/// Parses what a node answered. @throws std::runtime_error
nlohmann::json parse_answer(const std::string& body);

/// Runs `work` and turns what it throws into a sentence on `err` and an exit
/// code. With `args.json` a refusal's problem is written to `out` as well.
int with_exit_code(const client_args& args, std::ostream& out,
                   std::ostream& err, const std::function<int()>& work);

/// The same for work that talks to the node.
int run_client(const client_args& args, std::ostream& out, std::ostream& err,
               const std::function<int(api_session&)>& work);

} // namespace holdfast
