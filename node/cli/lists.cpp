#include "node/cli/lists.hpp"

#include "messages/json_reader.hpp"
#include "node/cli/text_table.hpp"
#include "node/commands.hpp"

#include <ostream>
#include <sstream>

namespace holdfast {

namespace {

using nlohmann::json;

constexpr std::size_t answer_depth_max = 128;

std::string next_cursor(const json& page) {
  auto found = page.find("nextCursor");
  if (found == page.end())
    return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

} // namespace

std::vector<std::string_view> raw_items(std::string_view page) {
  using token = json_reader::token;
  json_reader in{page, {answer_depth_max}};
  std::vector<std::string_view> items;
  std::size_t depth = 0;
  auto inside = false; // in the array "items"
  auto named = false;  // its name was the last token
  const char* begin = nullptr;
  for (auto t = in.next(); t != token::end; t = in.next()) {
    if (t == token::refused)
      throw std::runtime_error("the node's answer is " + in.why());
    auto opens = t == token::begin_object || t == token::begin_array;
    auto closes = t == token::end_object || t == token::end_array;
    if (closes && --depth == 1)
      inside = false;
    if (inside && depth == 2 && t != token::name) {
      if (!closes)
        begin = in.raw().data();
      if (!opens)
        items.emplace_back(begin, in.raw().data() + in.raw().size());
    }
    inside = inside || (named && t == token::begin_array);
    named = t == token::name && depth == 1 && in.text() == "items";
    depth += opens;
  }
  return items;
}

std::string cell_of(const json& object, const std::string& member) {
  auto at = &object;
  std::istringstream path{member};
  for (std::string name; std::getline(path, name, '.');) {
    if (!at->is_object() || !at->contains(name))
      return {};
    at = &(*at)[name];
  }
  if (at->is_null())
    return {};
  return at->is_string()
             ? at->get<std::string>()
             : at->dump(-1, ' ', false, json::error_handler_t::replace);
}

void write_table(const std::vector<json>& items,
                 const std::vector<list_column>& columns,
                 const std::string& nothing, std::ostream& out) {
  if (items.empty()) {
    out << nothing << std::endl;
    return;
  }
  std::vector<std::string> heads;
  for (auto& c : columns)
    heads.push_back(c.head);
  text_table table{std::move(heads)};
  for (auto& item : items) {
    std::vector<std::string> cells;
    for (auto& c : columns)
      cells.push_back(cell_of(item, c.member));
    table.add(std::move(cells));
  }
  out << table.text(terminal_width()) << std::flush;
}

int print_list(api_session& node, const client_args& args,
               const list_query& what, const std::vector<list_column>& columns,
               std::ostream& out, std::ostream& err) {
  std::vector<json> items;
  std::string joined;
  std::string cursor;
  do {
    auto query = what.filter;
    query.emplace_back("limit", std::to_string(what.limit));
    query.emplace_back("cursor", cursor);
    auto body = node.get(with_query(what.path, query));
    auto page = parse_answer(body);
    cursor = next_cursor(page);
    if (args.json && !what.all) {
      out << body << std::endl;
      return exit_code::done;
    }
    for (auto raw : raw_items(body))
      if (args.json)
        (joined += joined.empty() ? "" : ",") += raw;
    for (auto& item : page.at("items"))
      if (!args.json)
        items.push_back(std::move(item));
  } while (what.all && !cursor.empty());
  if (args.json) {
    out << "{\"items\":[" << joined << "]}" << std::endl;
    return exit_code::done;
  }
  write_table(items, columns, "none", out);
  if (!cursor.empty())
    err << "there are more; --all shows them" << std::endl;
  return exit_code::done;
}

} // namespace holdfast
