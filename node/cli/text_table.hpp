// Tables for people, on terminals that what is shown must not drive.
// Must not know what the rows mean.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// `text` without anything that a terminal would obey: control characters,
/// marks that change the direction of text and invisible ones become
/// `\u{1b}`, bytes that are not UTF-8 `\x9f`, backslashes stay.
std::string escaped_for_terminal(std::string_view text);

/// Columns that `text` takes: two for wide characters, none for combining
/// ones. For escaped text.
std::size_t display_width(std::string_view text);

/// At most `width` columns of `text`, with an ellipsis where it was cut.
std::string cut_to_width(std::string_view text, std::size_t width);

class text_table {
public:
  explicit text_table(std::vector<std::string> heads);

  /// One cell per head. Escapes them.
  void add(std::vector<std::string> cells);

  /// Lines with the columns aligned, those with nothing but numbers to the
  /// right. With `width` no line is longer: the widest columns are cut.
  /// 0: as wide as it gets.
  std::string text(std::size_t width) const;

  bool empty() const { return rows_.empty(); }

private:
  std::vector<std::size_t> widths(std::size_t limit) const;
  bool is_numeric(std::size_t column) const;

  std::vector<std::string> heads_;
  std::vector<std::vector<std::string>> rows_;
};

/// Columns of the terminal that stdout is; 0 when it is none.
std::size_t terminal_width();

} // namespace holdfast
