#include "node/cli/api_session.hpp"

#include "node/cli/text_table.hpp"
#include "node/commands.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <ostream>

namespace holdfast {

namespace {

using nlohmann::json;

std::string read_token(const std::string& file) {
  std::ifstream in{file};
  std::string token;
  if (!in)
    throw std::invalid_argument("the token file '" + file +
                                "' cannot be read: " + std::strerror(errno));
  std::getline(in, token);
  while (!token.empty() && (token.back() == '\r' || token.back() == ' '))
    token.pop_back();
  if (token.empty())
    throw std::invalid_argument("the token file '" + file +
                                "' has no token on its first line");
  return token;
}

/// "status, code: detail" of a problem, else the start of what came.
std::string to_sentence(int status, const std::string& body) {
  auto answer = json::parse(body, nullptr, false);
  auto text = "the node answered " + std::to_string(status);
  if (answer.is_object() && answer.contains("code") &&
      answer["code"].is_string())
    text += ' ' + answer["code"].get<std::string>();
  if (answer.is_object() && answer.contains("detail") &&
      answer["detail"].is_string())
    return text + ": " +
           escaped_for_terminal(answer["detail"].get<std::string>());
  return text + ": " + escaped_for_terminal(body.substr(0, 200));
}

std::string code_of(const std::string& body) {
  auto answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("code") ||
      !answer["code"].is_string())
    return {};
  return answer["code"];
}

} // namespace

node_access to_access(const client_args& args) {
  node_access to{args.url, {}, args.ca_file};
  auto from_environment = std::getenv("HOLDFAST_TOKEN");
  if (!args.token_file.empty())
    to.token = read_token(args.token_file);
  else if (from_environment)
    to.token = from_environment;
  return to;
}

node_refused::node_refused(int s, std::string b)
    : std::runtime_error(to_sentence(s, b)), status(s), code(code_of(b)),
      body(std::move(b)) {}

int node_refused::exit_code() const {
  if (status == 400)
    return exit_code::usage;
  return status > 400 && status < 500 ? exit_code::refused : exit_code::error;
}

api_session::api_session(const client_args& args)
    : url_(args.url), http_(to_access(args)) {}

std::string api_session::get(const std::string& target) {
  return send("GET", target);
}

std::string api_session::send(const std::string& method,
                              const std::string& target,
                              const std::string& body) {
  client_request request;
  request.method = method;
  request.target = target;
  request.body = body;
  auto answer = http_.call(std::move(request));
  if (answer.status == 0)
    throw node_silent{url_ + ": no answer from the node: " + answer.error};
  if (answer.status < 200 || answer.status > 299)
    throw node_refused{answer.status, std::move(answer.body)};
  return std::move(answer.body);
}

std::string
with_query(std::string path,
           const std::vector<std::pair<std::string, std::string>>& query) {
  auto separator = '?';
  for (auto& [name, value] : query) {
    if (value.empty())
      continue;
    path += separator + name + '=' + percent_encoded(value);
    separator = '&';
  }
  return path;
}

json parse_answer(const std::string& body) {
  auto answer = json::parse(body, nullptr, false);
  if (answer.is_discarded())
    throw std::runtime_error("the node's answer is no JSON: " +
                             escaped_for_terminal(body.substr(0, 200)));
  return answer;
}

int run_client(const client_args& args, std::ostream& out, std::ostream& err,
               const std::function<int(api_session&)>& work) {
  return with_exit_code(args, out, err, [&] {
    api_session node{args};
    return work(node);
  });
}

int with_exit_code(const client_args& args, std::ostream& out,
                   std::ostream& err, const std::function<int()>& work) {
  try {
    return work();
  } catch (const node_refused& no) {
    if (args.json)
      out << no.body << std::endl;
    err << "holdfast: " << no.what() << std::endl;
    return no.exit_code();
  } catch (const std::invalid_argument& wrong) {
    err << "holdfast: " << wrong.what() << std::endl;
    return exit_code::usage;
  } catch (const std::exception& why) {
    err << "holdfast: " << why.what() << std::endl;
    return exit_code::error;
  }
}

} // namespace holdfast
