// Making, locking and marking a data directory.
// Must not know LMDB or what is stored.
#include "storage/data_directory.hpp"

#include "storage/store.hpp"
#include "storage/system_error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace holdfast::storage_impl {

namespace {

constexpr std::string_view mark = "holdfast store\n";

} // namespace

data_directory::data_directory(std::string path) : path_(std::move(path)) {
  std::error_code problem;
  auto made = std::filesystem::create_directories(path_, problem);
  if (problem)
    throw system_failure(problem.value(), "cannot make data directory", path_);
  if (made && !sync_path(path_ + "/.."))
    fail("cannot flush the directory above data directory");
  auto name = file("LOCK");
  lock_fd_ = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (lock_fd_ < 0)
    fail("cannot open LOCK in data directory");
  if (flock(lock_fd_, LOCK_EX | LOCK_NB) == 0)
    return;
  auto why = errno;
  close(lock_fd_);
  if (why == EWOULDBLOCK)
    throw storage_error(storage_errc::locked,
                        "data directory " + path_ +
                            " is in use by another engine or process; stop "
                            "that one, or use another directory");
  throw system_failure(why, "cannot lock data directory", path_);
}

data_directory::~data_directory() {
  if (lock_fd_ >= 0)
    close(lock_fd_);
}

bool data_directory::in_use() const {
  auto fd = open(file("LOCK").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  auto held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(fd);
  return held;
}

bool data_directory::initialised() const {
  struct stat info;
  if (fstat(lock_fd_, &info) != 0)
    fail("cannot read LOCK in data directory");
  return info.st_size > 0;
}

void data_directory::mark_initialised() const {
  if (initialised())
    return;
  auto done = pwrite(lock_fd_, mark.data(), mark.size(), 0);
  if (done != static_cast<ssize_t>(mark.size())) {
    if (done >= 0)
      errno = ENOSPC;
    fail("cannot write LOCK in data directory");
  }
  if (fdatasync(lock_fd_) != 0)
    fail("cannot write LOCK in data directory");
}

void data_directory::sync() const {
  if (!sync_path(path_))
    fail("cannot flush data directory");
}

void data_directory::fail(const std::string& doing) const {
  throw system_failure(errno, doing, path_);
}

long long file_size(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT)
      return -1;
    throw system_failure(errno, "cannot look at", path);
  }
  if (!S_ISREG(info.st_mode))
    throw storage_error(storage_errc::corrupt, path + " is no regular file");
  return info.st_size;
}

bool sync_path(const std::string& path) {
  auto fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  auto good = fsync(fd) == 0;
  auto why = errno;
  close(fd);
  errno = why;
  return good;
}

} // namespace holdfast::storage_impl
