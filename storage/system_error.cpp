// Which error of the system or of LMDB means what, and what helps.
// Must not know what was being stored.
#include "storage/system_error.hpp"

#include <lmdb.h>

#include <cerrno>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace holdfast::storage_impl {

namespace {

bool file_system_full(const std::string& path) {
  constexpr std::uint64_t too_little = 64 * 1024;
  struct statvfs info;
  return statvfs(path.c_str(), &info) == 0 &&
         std::uint64_t{info.f_bavail} * info.f_frsize < too_little;
}

bool file_limit_reached(const std::string& path) {
  rlimit limit;
  struct stat file;
  return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
         limit.rlim_cur != RLIM_INFINITY &&
         stat((path + "/data.mdb").c_str(), &file) == 0 &&
         static_cast<rlim_t>(file.st_size) >= limit.rlim_cur;
}

/// LMDB answers EIO when the system wrote only a part, which is what happens
/// when room runs out in the middle of a write.
int real_cause(int why, const std::string& path) {
  if (why != EIO)
    return why;
  if (file_system_full(path))
    return ENOSPC;
  return file_limit_reached(path) ? EFBIG : EIO;
}

struct reason_of_failure {
  storage_errc code;
  std::string help;
};

reason_of_failure read_system_error(int why) {
  switch (why) {
  case EIO:
    return {storage_errc::io, "check the disk and the system log"};
  case ENOSPC:
  case EDQUOT:
    return {storage_errc::disk_full, "free space on its file system"};
  case EFBIG:
    return {storage_errc::disk_full,
            "raise the limit on the size of files (RLIMIT_FSIZE)"};
  case EACCES:
  case EPERM:
  case EROFS:
    return {storage_errc::io, "it must be writable for this user"};
  case ENOMEM:
    return {storage_errc::io,
            "memory or address space is short; lower map_size_gib"};
  default:
    return {storage_errc::io, "check the path and the system log"};
  }
}

reason_of_failure read_lmdb_error(int code) {
  static const std::string restore = "restore the directory from a backup";
  switch (code) {
  case MDB_MAP_FULL:
    return {storage_errc::full,
            "raise map_size_gib, or let old rows be purged"};
  case MDB_TXN_FULL:
    return {storage_errc::full, "commit fewer steps at once"};
  case MDB_VERSION_MISMATCH:
    return {storage_errc::newer_format,
            "its data.mdb was written by another version of LMDB; use the "
            "program that wrote it"};
  case MDB_INVALID:
    return {storage_errc::corrupt, "its data.mdb is no store; " + restore};
  case MDB_CORRUPTED:
  case MDB_PAGE_NOTFOUND:
  case MDB_INCOMPATIBLE:
  case MDB_BAD_TXN:
  case MDB_PAGE_FULL:
  case MDB_CURSOR_FULL:
    return {storage_errc::corrupt, "its data.mdb is damaged; " + restore};
  case MDB_READERS_FULL:
    return {storage_errc::io, "too many snapshots are open; close some"};
  case MDB_PANIC:
    return {storage_errc::io, "a write failed halfway"};
  default:
    return read_system_error(code);
  }
}

storage_error make(const reason_of_failure& found, int code,
                   const std::string& doing, const std::string& path) {
  return storage_error(found.code, doing + ' ' + path + ": " +
                                       mdb_strerror(code) + "; " + found.help);
}

} // namespace

storage_error system_failure(int why, const std::string& doing,
                             const std::string& path) {
  auto cause = real_cause(why, path);
  return make(read_system_error(cause), cause, doing, path);
}

storage_error lmdb_failure(int code, const std::string& doing,
                           const std::string& path) {
  auto cause = real_cause(code, path);
  return make(read_lmdb_error(cause), cause, doing, path);
}

} // namespace holdfast::storage_impl
