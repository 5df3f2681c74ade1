// Makes the system calls with which LMDB writes fail on demand, in this
// program. Must not know what is written.
#pragma once

namespace holdfast::failing_disk {

/// What happens to writes to the first two pages of a file, which hold LMDB's
/// heads and are the last step of a commit.
enum class head_writes {
  good,
  lost,          ///< the next one fails, and nothing was written
  kept_but_fail, ///< the next one fails although it was written, and the one
                 ///< after, which would take it back, is lost
};

void set(head_writes what);

/// The next `n` calls of fdatasync fail with EIO.
void fail_syncs(int n);

} // namespace holdfast::failing_disk
