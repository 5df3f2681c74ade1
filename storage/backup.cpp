#include "storage/backup.hpp"

#include "storage/data_directory.hpp"
#include "storage/lmdb_copy.hpp"
#include "storage/lmdb_store.hpp"
#include "storage/records.hpp"
#include "storage/store_rules.hpp"
#include "storage/system_error.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace holdfast {

using namespace storage_impl;

namespace {

namespace fs = std::filesystem;

/// Tokens are JSON numbers, which are exact below this.
constexpr std::uint64_t number_end = std::uint64_t{1} << 53;

/// Where a store is made before it takes its place in one rename.
class unfinished {
public:
  explicit unfinished(std::string dest)
      : dest_(std::move(dest)), path_(dest_ + "/unfinished") {
    std::error_code problem;
    fs::create_directories(path_, problem);
    if (problem)
      throw system_failure(problem.value(), "cannot make directory", path_);
  }

  ~unfinished() {
    std::error_code leftover; // refused as "not empty" the next time
    fs::remove_all(path_, leftover);
  }

  const std::string& path() const { return path_; }

  void finish() const {
    if (std::rename((path_ + "/data.mdb").c_str(),
                    (dest_ + "/data.mdb").c_str()) != 0 ||
        !sync_path(dest_) || !sync_path(dest_ + "/.."))
      throw system_failure(errno, "cannot put the store in its place in",
                           dest_);
  }

private:
  std::string dest_;
  std::string path_;
};

/// A LOCK without content is what an earlier attempt left.
bool is_empty(const std::string& dest) {
  for (auto& entry : fs::directory_iterator{dest})
    if (entry.path().filename() != "LOCK" || entry.file_size() != 0)
      return false;
  return true;
}

void require_empty(const std::string& dest) {
  try {
    if (!fs::exists(dest) || is_empty(dest))
      return;
  } catch (const fs::filesystem_error& why) {
    throw system_failure(why.code().value(), "cannot look at", dest);
  }
  throw storage_error(storage_errc::io,
                      dest + " is not empty; name a directory that is, or "
                             "one that does not exist");
}

copy_report copy(const std::string& from, const std::string& dest,
                 const copy_progress& progress) {
  auto source = open_lmdb_reader(from);
  auto view = source->read();
  copy_report report;
  auto id = view->get(table::meta, meta_last_id);
  report.last_id = decode_u64(id.value_or(std::string_view{}), meta_last_id);
  view->scan_back(table::journal, {}, [&](auto key, auto) {
    report.last_seq = key_number(key);
    return false;
  });
  report.rows = copy_rows(*view, dest, progress);
  report.bytes = static_cast<std::uint64_t>(file_size(dest + "/data.mdb"));
  return report;
}

/// What makes a copy the successor of the lost node.
step succession(const copy_report& copied, std::int64_t at_ms) {
  if (copied.last_id >= number_end - restore_gap)
    throw storage_error(storage_errc::corrupt,
                        "the backup's numbers are used up: its last id is " +
                            std::to_string(copied.last_id));
  step s;
  s.max_id = copied.last_id + restore_gap;
  s.writes.push_back({table::meta, "paused", "1"});
  s.writes.push_back(
      {table::meta, std::string{meta_restored_below}, encode_u64(s.max_id)});
  journal_event event;
  event.at_ms = at_ms;
  event.kind = event_kind::paused;
  event.actor = "restore";
  event.detail = R"({"restoredTo":)" + std::to_string(copied.last_seq) +
                 R"(,"tokensAbove":)" + std::to_string(s.max_id) + "}";
  s.events.push_back(encode(event));
  return s;
}

} // namespace

copy_report back_up(const std::string& from, const std::string& dest,
                    const copy_progress& progress) {
  require_empty(dest);
  unfinished place{dest};
  auto report = copy(from, place.path(), progress);
  place.finish();
  return report;
}

copy_report restore(const std::string& from, const std::string& dest,
                    std::int64_t at_ms, const copy_progress& progress) {
  require_empty(dest);
  data_directory held{dest}; // no engine may start here meanwhile,
  require_empty(dest);       // and none has before
  copy_report report;
  {
    unfinished place{dest};
    report = copy(from, place.path(), progress);
    {
      lmdb_options options;
      options.directory = place.path();
      auto made = open_lmdb_store(options);
      made->commit({succession(report, at_ms)});
      report.last_id = made->last_id();
      report.last_seq = made->last_seq();
    }
    place.finish();
  }
  held.mark_initialised();
  held.sync();
  return report;
}

} // namespace holdfast
