// Lists of the API as tables or as JSON, page by page.
// Must not know which list.
#pragma once

#include "node/cli/api_session.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// One column: its head, and the member it shows, e.g. "lock.lockId".
struct list_column {
  std::string head;
  std::string member;
};

struct list_query {
  std::string path;
  std::vector<std::pair<std::string, std::string>> filter;
  std::int64_t limit = 50;
  bool all = false; ///< every page; `limit` is the size of one
};

/// The items of `{"items": [...]}`, each as it stands in the text, so that
/// numbers keep their digits. @throws std::runtime_error
std::vector<std::string_view> raw_items(std::string_view page);

/// A member by its path, as a cell: strings bare, all else as JSON.
std::string cell_of(const nlohmann::json& object, const std::string& member);

/// Writes a table of `items`, or `nothing` when there are none.
void write_table(const std::vector<nlohmann::json>& items,
                 const std::vector<list_column>& columns,
                 const std::string& nothing, std::ostream& out);

/// Fetches and prints a list.
int print_list(api_session& node, const client_args& args,
               const list_query& what, const std::vector<list_column>& columns,
               std::ostream& out, std::ostream& err);

} // namespace holdfast
