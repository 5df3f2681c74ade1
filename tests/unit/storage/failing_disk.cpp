// Takes the place of the C library's pwrite and fdatasync in this program and
// in the libraries it has loaded. Must not know what is written.
#include "failing_disk.hpp"

#include <cerrno>
#include <sys/syscall.h>
#include <unistd.h>

namespace holdfast::failing_disk {

namespace {

head_writes heads = head_writes::good;
bool taking_back = false;
int syncs = 0;

constexpr off_t heads_end = 8192;

} // namespace

void set(head_writes what) {
  heads = what;
  taking_back = false;
}

void fail_syncs(int n) { syncs = n; }

/// True when the write is to fail; `done` tells whether to do it first.
bool fails(off_t offset, bool& done) {
  done = false;
  if (offset >= heads_end || heads == head_writes::good)
    return false;
  if (heads == head_writes::kept_but_fail && !taking_back) {
    taking_back = true;
    done = true;
    return true;
  }
  heads = head_writes::good;
  return true;
}

bool sync_fails() { return syncs > 0 && syncs-- > 0; }

} // namespace holdfast::failing_disk

extern "C" ssize_t pwrite(int fd, const void* bytes, size_t size,
                          off_t offset) {
  bool done = false;
  auto fails = holdfast::failing_disk::fails(offset, done);
  ssize_t result = 0;
  if (!fails || done)
    result = syscall(SYS_pwrite64, fd, bytes, size, offset);
  if (!fails)
    return result;
  errno = EIO;
  return -1;
}

extern "C" int fdatasync(int fd) {
  if (!holdfast::failing_disk::sync_fails())
    return static_cast<int>(syscall(SYS_fdatasync, fd));
  errno = EIO;
  return -1;
}
