#include "node/load/measure.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <sys/resource.h>
#include <unistd.h>

namespace holdfast::bench {

void latencies::add(const latencies& others) {
  all_ns_.insert(all_ns_.end(), others.all_ns_.begin(), others.all_ns_.end());
}

double latencies::percentile_us(unsigned percent) {
  if (all_ns_.empty())
    return 0;
  std::ranges::sort(all_ns_);
  return static_cast<double>(all_ns_[(all_ns_.size() - 1) * percent / 100]) /
         1000;
}

namespace {

std::string text_of(const std::string& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

double seconds_of(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

rusage usage() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return u;
}

/// Wide enough for the head and for a number of seven digits.
int width(const column& c) {
  return std::max(7, static_cast<int>(c.head.size())) + 2;
}

} // namespace

double cpu_seconds() {
  auto u = usage();
  return seconds_of(u.ru_utime) + seconds_of(u.ru_stime);
}

double thread_cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double cpu_seconds_of(pid_t pid) {
  auto text = text_of("/proc/" + std::to_string(pid) + "/stat");
  // The name, in parentheses, may have spaces; user time is field 14.
  auto name_end = text.rfind(')');
  if (name_end == std::string::npos)
    throw std::runtime_error{"there is no process " + std::to_string(pid)};
  std::istringstream fields{text.substr(name_end + 1)};
  std::string skipped;
  for (auto i = 3; i < 14; ++i)
    fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double status_kib(pid_t pid, const std::string& name) {
  auto text = text_of("/proc/" + std::to_string(pid) + "/status");
  auto at = text.find(name + ':');
  if (at == std::string::npos)
    throw std::runtime_error{"there is no process " + std::to_string(pid)};
  return std::stod(text.substr(at + name.size() + 1));
}

double peak_rss_mib_of(pid_t pid) { return status_kib(pid, "VmHWM") / 1024; }

double peak_rss_mib() { return static_cast<double>(usage().ru_maxrss) / 1024; }

double median(std::vector<double> xs) {
  if (xs.empty())
    return 0;
  std::ranges::sort(xs);
  auto middle = xs.size() / 2;
  return xs.size() % 2 == 1 ? xs[middle] : (xs[middle - 1] + xs[middle]) / 2;
}

scratch_directory::scratch_directory(const std::filesystem::path& parent)
    : path_((parent / "holdfast-bench-XXXXXX").string()) {
  std::filesystem::create_directories(parent);
  if (!mkdtemp(path_.data()))
    throw std::runtime_error{"cannot make a directory in " + parent.string()};
}

scratch_directory::~scratch_directory() {
  std::error_code why;
  std::filesystem::remove_all(path_, why);
  if (why)
    std::fprintf(stderr, "bench: cannot remove %s: %s\n", path_.c_str(),
                 why.message().c_str());
}

void print_head(const std::vector<column>& columns) {
  for (const auto& c : columns)
    std::printf("%*s", width(c), c.head.c_str());
  std::printf("\n");
}

void print_row(const std::vector<column>& columns, const double* values) {
  for (std::size_t i = 0; i < columns.size(); ++i)
    std::printf("%*.*f", width(columns[i]), columns[i].decimals, values[i]);
  std::printf("\n");
  std::fflush(stdout);
}

} // namespace holdfast::bench
