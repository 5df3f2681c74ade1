// A process of its own that kills a process group when its time is over or
// when this process is gone: for what this process cannot do while it is
// stopped, or after SIGKILL. Must not know locks.
#pragma once

#include "node/cli/lease_schedule.hpp"

#include <sys/types.h>

namespace holdfast {

class lease_keeper {
public:
  /// From now on `group` is killed at `at`, or when this process ends without
  /// `stand_down`. @throws std::runtime_error
  lease_keeper(pid_t group, boot_time at);
  ~lease_keeper();
  lease_keeper(const lease_keeper&) = delete;
  lease_keeper& operator=(const lease_keeper&) = delete;

  /// Another moment in place of the last.
  void postpone(boot_time at);

  /// Ends the keeper, before the group's leader is reaped, since its id may
  /// then belong to somebody else. True when it has killed.
  bool stand_down();

private:
  void tell(boot_time at) const;

  pid_t pid_ = -1;
  int to_ = -1;
};

} // namespace holdfast
