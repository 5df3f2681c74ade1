// The directory of a store: made when absent, held by one engine at a time.
// Must not know LMDB or what is stored.
#pragma once

#include <string>
#include <utility>

namespace holdfast::storage_impl {

/// Holds a directory exclusively, across engines and processes, by a lock on
/// the file `LOCK` in it. The system gives it back when the process dies.
class data_directory {
public:
  /// @throws storage_error: locked, io, disk_full.
  explicit data_directory(std::string path);

  /// Only looks at one that is there: holds nothing, makes nothing.
  struct look_only {};
  data_directory(std::string path, look_only) : path_(std::move(path)) {}

  ~data_directory();

  data_directory(const data_directory&) = delete;
  data_directory& operator=(const data_directory&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const char* name) const { return path_ + '/' + name; }

  /// True once `mark_initialised` was called, by whichever process: from then
  /// on a store must be here, and an empty directory is a loss, not a start.
  bool initialised() const;
  void mark_initialised() const;

  /// True while an engine holds the directory. Asking takes the lock for a
  /// moment, in which an engine that starts would be refused.
  bool in_use() const;

  /// Makes new files survive power loss.
  void sync() const;

  /// @throws storage_error for the present `errno`.
  [[noreturn]] void fail(const std::string& doing) const;

private:
  std::string path_;
  int lock_fd_ = -1;
};

/// Size of a file; -1 when there is none.
/// @throws storage_error for anything but a regular file.
long long file_size(const std::string& path);

/// Flushes a file or a directory to disk. False: see `errno`.
bool sync_path(const std::string& path);

} // namespace holdfast::storage_impl
