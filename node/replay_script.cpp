// Parses recordings and fills in their placeholders.
#include "node/replay_script.hpp"

#include "node/http_client.hpp"
#include "node/placeholders.hpp"

#include <algorithm>
#include <array>

namespace holdfast {

namespace {

using nlohmann::json;

/// The index behind the JSON string that starts at `at`.
std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at)
    if (text[at] == '\\')
      ++at;
  return at + 1;
}

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t\r");
  auto last = text.find_last_not_of(" \t\r");
  return text.substr(first, last - first + 1);
}

/// The text of the member `name` of a JSON object that is known to be valid.
/// A value must not go through a number type: 0.10 has to stay 0.10.
std::string_view raw_member(std::string_view object, std::string_view name) {
  auto depth = 0;
  std::size_t start = 0;
  for (std::size_t at = 0; at < object.size();) {
    auto c = object[at];
    if (c == '"') {
      auto end = string_end(object, at);
      auto colon = object.find_first_not_of(" \t\r", end);
      if (depth == 1 && start == 0 && object[colon] == ':' &&
          object.substr(at + 1, end - at - 2) == name)
        start = colon + 1;
      at = end;
      continue;
    }
    auto closes = c == '}' || c == ']';
    if (start != 0 && depth == 1 && (closes || c == ','))
      return trimmed(object.substr(start, at - start));
    depth += c == '{' || c == '[' ? 1 : closes ? -1 : 0;
    ++at;
  }
  return {};
}

/// Reads one file; knows the names given so far.
class script_parser {
public:
  explicit script_parser(const std::string& name) : file_(name) {}

  void add(const std::string& text) {
    ++number_;
    if (text.find_first_not_of(" \t\r") == std::string::npos)
      return;
    json object;
    try {
      object = json::parse(text);
    } catch (const json::parse_error& wrong) {
      fail(std::string{"no JSON: "} + wrong.what());
    }
    if (!object.is_object())
      fail("must be an object {\"call\": …}");
    lines_.push_back(read(object, text));
  }

  std::vector<replay_line> take() { return std::move(lines_); }

private:
  [[noreturn]] void fail(const std::string& why) const {
    throw script_error{file_ + ':' + std::to_string(number_) + ": " + why};
  }

  replay_line read(const json& object, const std::string& text) {
    replay_line line;
    line.number = number_;
    for (auto& [key, value] : object.items()) {
      if (key == "call")
        read_call(value, line);
      else if (key == "body")
        line.body = value.is_null() ? "" : raw_member(text, key);
      else if (key == "afterMs")
        read_after_ms(value, line);
      else if (key == "after")
        read_after(value, line);
      else if (key != "as")
        fail("unknown field '" + key +
             "'; a line has call, body, afterMs, as, after");
    }
    if (line.method.empty())
      fail("'call' is missing");
    add_references(line.target, true, line);
    add_references(line.body, false, line);
    std::sort(line.needs.begin(), line.needs.end());
    line.needs.erase(std::unique(line.needs.begin(), line.needs.end()),
                     line.needs.end());
    if (object.contains("as"))
      read_as(object["as"], line);
    return line;
  }

  void read_call(const json& value, replay_line& line) const {
    static constexpr std::array<std::string_view, 4> methods{"GET", "POST",
                                                             "PUT", "DELETE"};
    auto text = value.is_string() ? value.get<std::string>() : std::string{};
    auto space = text.find(' ');
    line.method = text.substr(0, space);
    auto known = std::find(methods.begin(), methods.end(), line.method);
    if (space == std::string::npos || known == methods.end() ||
        text[space + 1] != '/')
      fail("'call' must be a method and a path such as \"POST /v1/locks\"");
    line.target = text.substr(space + 1);
    for (unsigned char c : line.target)
      if (c <= 0x20 || c >= 0x7f)
        fail("'call' must be percent-encoded");
  }

  void read_after_ms(const json& value, replay_line& line) const {
    constexpr std::int64_t day_ms = 86'400'000;
    if (!value.is_number_integer() || value.get<std::int64_t>() < 0 ||
        value.get<std::int64_t>() > day_ms)
      fail("'afterMs' must be a whole number from 0 to " +
           std::to_string(day_ms));
    line.after_ms = value.get<std::int64_t>();
  }

  void read_after(const json& value, replay_line& line) const {
    if (!value.is_array())
      fail("'after' must be a list of names");
    for (auto& name : value) {
      auto known = name.is_string() ? names_.find(name.get<std::string>())
                                    : names_.end();
      if (known == names_.end())
        fail("'after' names " + name.dump() +
             ", but no earlier line has that name in 'as'");
      line.needs.push_back(known->second);
    }
  }

  void read_as(const json& value, replay_line& line) {
    if (!value.is_string() || value.get<std::string>().empty())
      fail("'as' must be a name");
    line.as = value.get<std::string>();
    if (!names_.emplace(line.as, lines_.size()).second)
      fail("the name '" + line.as + "' is taken by an earlier line");
  }

  /// In a path, braces are placeholders or wrong; in a body, text that looks
  /// like one but names no answer may well be data.
  void add_references(const std::string& text, bool strict, replay_line& line) {
    for (auto& piece : detail::cut(text)) {
      if (strict && piece.options.empty() &&
          piece.text.find_first_of("{}") != std::string::npos)
        fail("'call' has braces that hold no {name.path}");
      for (auto& option : piece.options)
        if (auto known = names_.find(option.name); known != names_.end())
          line.needs.push_back(known->second);
        else if (strict)
          fail("'call' refers to '" + option.name +
               "', but no earlier line has that name in 'as'");
    }
  }

  std::string file_;
  std::size_t number_ = 0;
  std::unordered_map<std::string, std::size_t> names_;
  std::vector<replay_line> lines_;
};

/// The value that `ref` means, or null.
json find(const detail::reference& ref, const named_answers& answers) {
  auto answer = answers.find(ref.name);
  if (answer == answers.end())
    return nullptr;
  auto at = &answer->second;
  for (auto& word : ref.path) {
    if (at->is_array() &&
        word.find_first_not_of("0123456789") == std::string::npos &&
        word.size() < 6 && std::stoul(word) < at->size())
      at = &(*at)[std::stoul(word)];
    else if (at->is_object() && at->contains(word))
      at = &(*at)[word];
    else
      return nullptr;
  }
  return *at;
}

json find(const detail::piece& what, const named_answers& answers) {
  auto known = false;
  for (auto& option : what.options) {
    if (auto value = find(option, answers); !value.is_null())
      return value;
    known = known || answers.contains(option.name);
  }
  if (!known)
    return what.text;
  throw unresolved{"no answer has a value for " + what.text};
}

std::string plain(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// `value` as it stands inside the quotes of a JSON string.
std::string inside_quotes(const json& value) {
  auto quoted = json(plain(value)).dump();
  return quoted.substr(1, quoted.size() - 2);
}

/// Is `text` at the start of a string, so that what follows is all of it?
bool opens_string(std::string_view text) {
  return text.ends_with('"') && !text.ends_with("\\\"");
}

} // namespace

std::vector<replay_line> parse_script(std::istream& in,
                                      const std::string& name) {
  script_parser parser{name};
  for (std::string line; std::getline(in, line);)
    parser.add(line);
  if (in.bad())
    throw script_error{name + ": read error"};
  return parser.take();
}

std::string fill_in_target(const std::string& target,
                           const named_answers& answers) {
  std::string result;
  for (auto& piece : detail::cut(target))
    result += piece.options.empty()
                  ? piece.text
                  : percent_encoded(plain(find(piece, answers)));
  return result;
}

std::string fill_in_body(const std::string& body,
                         const named_answers& answers) {
  std::string result;
  auto pieces = detail::cut(body);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].options.empty()) {
      result += pieces[i].text;
      continue;
    }
    auto value = find(pieces[i], answers);
    // In valid JSON a placeholder has text on both sides, the quotes at least.
    auto& rest = pieces[i + 1].text;
    if (opens_string(result) && rest.starts_with('"')) {
      result.pop_back();
      rest.erase(0, 1);
      result += value.dump();
    } else {
      result += inside_quotes(value);
    }
  }
  return result;
}

} // namespace holdfast
