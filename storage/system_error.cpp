// Which error of the system or of LMDB means what, and what helps.
// Must not know what was being stored.
#include "storage/system_error.hpp"

#include <lmdb.h>

#include <cerrno>
#include <sys/statvfs.h>

namespace holdfast::storage_impl {

namespace {

/// LMDB answers EIO when the system wrote only a part, which is what happens
/// when the disk fills up in the middle of a write.
bool no_space_left(const std::string& path) {
  constexpr std::uint64_t too_little = 64 * 1024;
  struct statvfs info;
  return statvfs(path.c_str(), &info) == 0 &&
         std::uint64_t{info.f_bavail} * info.f_frsize < too_little;
}

struct reading {
  storage_errc code;
  std::string help;
};

reading read_system_error(int why, const std::string& path) {
  switch (why) {
  case EIO:
    if (!no_space_left(path))
      return {storage_errc::io, "check the disk and the system log"};
    [[fallthrough]];
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

reading read_lmdb_error(int code, const std::string& path) {
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
    return read_system_error(code, path);
  }
}

storage_error make(const reading& found, int code, const std::string& doing,
                   const std::string& path) {
  return storage_error(found.code, doing + ' ' + path + ": " +
                                       mdb_strerror(code) + "; " + found.help);
}

} // namespace

storage_error system_failure(int why, const std::string& doing,
                             const std::string& path) {
  return make(read_system_error(why, path), why, doing, path);
}

storage_error lmdb_failure(int code, const std::string& doing,
                           const std::string& path) {
  return make(read_lmdb_error(code, path), code, doing, path);
}

} // namespace holdfast::storage_impl
