// What both benchmarks need: time, CPU, memory, percentiles, a directory.
// Must not know what is measured.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace holdfast::bench {

using clock = std::chrono::steady_clock;

inline double seconds(clock::duration d) {
  return std::chrono::duration<double>(d).count();
}

inline clock::duration to_duration(double s) {
  return std::chrono::duration_cast<clock::duration>(
      std::chrono::duration<double>{s});
}

/// How long a round is.
struct load_times {
  clock::duration warm_up = std::chrono::milliseconds{500};
  clock::duration measured = std::chrono::seconds{3};
};

/// Durations of single operations.
class latencies {
public:
  void add(clock::duration d) {
    auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(d).count();
    all_ns_.push_back(static_cast<std::uint64_t>(ns));
  }
  void add(const latencies& others);
  /// The duration that `percent` of all do not exceed, in microseconds; 0
  /// when there is none. Sorts.
  double percentile_us(unsigned percent);

private:
  std::vector<std::uint64_t> all_ns_;
};

/// CPU time of this process so far, user and system.
double cpu_seconds();

/// CPU time of this thread so far.
double thread_cpu_seconds();

/// CPU time of a process so far, user and system; the kernel counts it in
/// hundredths. @throws std::runtime_error when there is no such process.
double cpu_seconds_of(pid_t pid);

/// A line of a process's /proc/PID/status, in KiB: VmRSS, RssAnon.
/// @throws std::runtime_error
double status_kib(pid_t pid, const std::string& name);

/// Peak resident memory of a process. @throws std::runtime_error
double peak_rss_mib_of(pid_t pid);

/// Peak resident memory of this process, mapped files included.
double peak_rss_mib();

/// The middle one; the mean of the two middle ones when their number is even.
double median(std::vector<double> xs);

/// The median of every column.
template <class Row>
Row medians(const std::vector<Row>& rounds) {
  Row result{};
  for (std::size_t i = 0; i < result.size(); ++i) {
    std::vector<double> one;
    for (const auto& r : rounds)
      one.push_back(r[i]);
    result[i] = median(std::move(one));
  }
  return result;
}

/// An empty directory that goes away with this object.
class scratch_directory {
public:
  /// @throws std::filesystem::filesystem_error
  explicit scratch_directory(const std::filesystem::path& parent);
  ~scratch_directory();
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

/// One column of a table: its head and how many digits follow the point.
struct column {
  std::string head;
  int decimals = 0;
};

/// A table for people, aligned to the right.
void print_head(const std::vector<column>& columns);
/// As many values as columns.
void print_row(const std::vector<column>& columns, const double* values);

} // namespace holdfast::bench
