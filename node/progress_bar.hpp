// A progress bar for people at a terminal.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>

namespace holdfast {

class progress_bar {
public:
  /// Draws on `out` when `enabled`, else does nothing.
  progress_bar(std::ostream& out, bool enabled, std::size_t total);

  /// Wipes the bar.
  ~progress_bar();

  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  void update(std::size_t done, const std::string& note);

private:
  std::ostream& out_;
  bool enabled_;
  std::size_t total_;
  std::size_t shown_permille_ = 1001;
};

/// Is file descriptor `fd` a terminal that can redraw a line?
bool is_terminal(int fd);

} // namespace holdfast
