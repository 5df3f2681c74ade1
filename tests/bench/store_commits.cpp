#include "bench/store_commits.hpp"

#include <lmdb.h>

#include <stdexcept>

namespace holdfast::bench {

double commits_of(const std::string& directory) {
  MDB_env* env = nullptr;
  MDB_envinfo info{};
  auto good =
      mdb_env_create(&env) == MDB_SUCCESS &&
      mdb_env_open(env, directory.c_str(), MDB_RDONLY, 0) == MDB_SUCCESS &&
      mdb_env_info(env, &info) == MDB_SUCCESS;
  mdb_env_close(env);
  if (!good)
    throw std::runtime_error{"cannot read the store's number of commits"};
  return static_cast<double>(info.me_last_txnid);
}

} // namespace holdfast::bench
