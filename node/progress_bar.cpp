// Draws the progress bar.
#include "node/progress_bar.hpp"

#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace holdfast {

progress_bar::progress_bar(std::ostream& out, bool enabled, std::size_t total)
    : out_(out), enabled_(enabled && total > 0), total_(total) {}

progress_bar::~progress_bar() {
  if (enabled_)
    out_ << "\r\033[K" << std::flush;
}

void progress_bar::update(std::size_t done, const std::string& note) {
  constexpr std::size_t width = 30;
  if (!enabled_)
    return;
  // Drawing costs more than most calls: redraw only what can be seen.
  auto permille = done * 1000 / total_;
  if (permille == shown_permille_)
    return;
  shown_permille_ = permille;
  auto filled = done * width / total_;
  out_ << "\r\033[K[" << std::string(filled, '#')
       << std::string(width - filled, '.') << "] " << done << '/' << total_
       << "  " << note << std::flush;
}

bool is_terminal(int fd) {
  auto term = std::getenv("TERM");
  return isatty(fd) == 1 && term && std::string_view{term} != "dumb";
}

} // namespace holdfast
