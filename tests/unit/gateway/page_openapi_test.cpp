// openapi.json is written by hand: held against the table of calls. What is
// answered is held against it by tests/openapi.
#include "dashboard/page_files.hpp"
#include "gateway/routes.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <functional>
#include <set>

using namespace holdfast;
using nlohmann::json;

namespace {

json description() {
  auto files = page_files();
  auto file = std::ranges::find(files, "/openapi.json", &page_file::path);
  REQUIRE(file != files.end());
  return json::parse(file->body);
}

/// "{}" for each "{name}", as the table has it.
std::string without_names(const std::string& path) {
  std::string out;
  bool inside = false;
  for (char c : path) {
    inside = inside && c != '}';
    if (!inside)
      out += c;
    inside = inside || c == '{';
  }
  return out;
}

json resolve(const json& api, const json& what) {
  if (!what.contains("$ref"))
    return what;
  auto pointer = what["$ref"].get<std::string>().substr(1);
  return api.at(json::json_pointer{pointer});
}

std::set<std::string> query_of(const json& api, const json& call) {
  std::set<std::string> names;
  for (auto& one : call.value("parameters", json::array()))
    if (auto parameter = resolve(api, one); parameter["in"] == "query")
      names.insert(parameter["name"]);
  return names;
}

std::string capitals(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

void check_call(const json& api, const json& call, const route_row& row) {
  CHECK(call["x-scope"] == to_string(row.access));
  CHECK((call.contains("security") && call["security"].empty()) ==
        (row.access == scope::open));
  CHECK(call.contains("requestBody") == (row.body == body_rule::json));
  CHECK(query_of(api, call) ==
        std::set<std::string>(row.query.begin(), row.query.end()));
}

} // namespace

TEST_CASE("openapi.json has every call of the table, and no other") {
  auto api = description();
  std::set<std::string> told;
  for (auto& [path, methods] : api["paths"].items())
    for (auto& [method, call] : methods.items()) {
      auto name = capitals(method) + " " + without_names(path);
      INFO(name);
      CHECK(told.insert(name).second);
      auto row = std::ranges::find_if(route_table(), [&](const auto& x) {
        return std::string{x.method} + " " + std::string{x.path} == name;
      });
      REQUIRE(row != route_table().end());
      check_call(api, call, *row);
    }
  for (auto& row : route_table()) {
    auto name = std::string{row.method} + " " + std::string{row.path};
    CHECK_MESSAGE(told.contains(name), name);
  }
}

TEST_CASE("every name in openapi.json that refers to something, does") {
  auto api = description();
  std::set<std::string> operations;
  std::size_t references = 0;
  std::function<void(const json&)> look = [&](const json& at) {
    if (at.is_object() && at.contains("$ref")) {
      ++references;
      CHECK_NOTHROW(resolve(api, at));
    }
    if (at.is_object() && at.contains("operationId"))
      CHECK(operations.insert(at["operationId"]).second);
    if (at.is_structured())
      for (auto& part : at)
        look(part);
  };
  look(api);
  CHECK(references > 100);
  CHECK(api["openapi"] == "3.1.0");
}
