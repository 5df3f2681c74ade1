#include "node/cli/data_commands.hpp"

#include "node/cli/export_rows.hpp"
#include "node/cli/text_table.hpp"
#include "node/commands.hpp"
#include "node/progress_bar.hpp"
#include "storage/backup.hpp"
#include "storage/lmdb_store.hpp"
#include "storage/verify.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <unistd.h>

namespace holdfast {

namespace {

using nlohmann::json;

/// A bar that appears when it is known how long it is.
class late_bar {
public:
  late_bar(std::ostream& err, std::string note)
      : err_(err), note_(std::move(note)) {}

  void operator()(std::uint64_t done, std::uint64_t total) {
    if (!bar_)
      bar_ = std::make_unique<progress_bar>(err_, is_terminal(STDERR_FILENO),
                                            total);
    bar_->update(done, note_);
  }

private:
  std::ostream& err_;
  std::string note_;
  std::unique_ptr<progress_bar> bar_;
};

int run(std::ostream& err, const std::function<int()>& work) {
  try {
    return work();
  } catch (const std::exception& why) {
    err << "holdfast: " << escaped_for_terminal(why.what()) << std::endl;
    return exit_code::error;
  }
}

verify_report check(const std::string& directory, std::ostream& err) {
  auto store = open_lmdb_reader(directory);
  late_bar bar{err, "rows verified"};
  return verify(*store, 100, std::ref(bar));
}

void write_faults(const verify_report& report, std::ostream& out) {
  for (auto& fault : report.faults)
    out << "FAULT: " << escaped_for_terminal(fault) << '\n';
}

std::int64_t wall_ms() {
  using namespace std::chrono;
  auto now = system_clock::now().time_since_epoch();
  return duration_cast<milliseconds>(now).count();
}

/// Copies, verifies what came of it, and reports.
int copy(const data_args& args, const std::string& made, const char* verb,
         std::ostream& out, std::ostream& err,
         const std::function<copy_report(const copy_progress&)>& work) {
  auto begin = std::chrono::steady_clock::now();
  copy_report copied;
  {
    late_bar bar{err, "rows copied"};
    copied = work(std::ref(bar));
  }
  verify_report checked;
  if (!args.no_verify)
    checked = check(made, err);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  json report{{"directory", made},
              {"rows", copied.rows},
              {"bytes", copied.bytes},
              {"lastSeq", copied.last_seq},
              {"lastId", copied.last_id},
              {"seconds", took.count()},
              {"verified", !args.no_verify && checked.ok()},
              {"faults", checked.faults}};
  if (args.json) {
    out << report.dump(-1, ' ', false, json::error_handler_t::replace)
        << std::endl;
  } else {
    write_faults(checked, out);
    out << verb << ' ' << escaped_for_terminal(made) << ": " << copied.rows
        << " rows, " << copied.bytes << " bytes, journal up to "
        << copied.last_seq << ", last id " << copied.last_id << ", "
        << took.count() << " s"
        << (args.no_verify ? ", not verified"
            : checked.ok() ? ", verified"
                           : ", FAULTY")
        << std::endl;
  }
  return checked.ok() ? exit_code::done : exit_code::error;
}

} // namespace

int backup_command(const data_args& args, std::ostream& out,
                   std::ostream& err) {
  return run(err, [&] {
    return copy(args, args.other, "backup", out, err,
                [&](const copy_progress& progress) {
                  return back_up(args.data_dir, args.other, progress);
                });
  });
}

int restore_command(const data_args& args, std::ostream& out,
                    std::ostream& err) {
  return run(err, [&] {
    auto code =
        copy(args, args.data_dir, "restored", out, err,
             [&](const copy_progress& progress) {
               return restore(args.other, args.data_dir, wall_ms(), progress);
             });
    if (code == exit_code::done)
      err << "the node will start paused; `holdfast resume` lets tasks start"
          << std::endl;
    return code;
  });
}

int verify_command(const data_args& args, std::ostream& out,
                   std::ostream& err) {
  return run(err, [&] {
    auto report = check(args.data_dir, err);
    if (args.json) {
      json document{{"ok", report.ok()},
                    {"rows", report.rows},
                    {"faults", report.faults}};
      out << document.dump(-1, ' ', false, json::error_handler_t::replace)
          << std::endl;
    } else {
      write_faults(report, out);
      out << report.rows << " rows, " << report.faults.size() << " faults"
          << std::endl;
    }
    return report.ok() ? exit_code::done : exit_code::error;
  });
}

int export_command(const data_args& args, std::ostream& out,
                   std::ostream& err) {
  return run(err, [&] {
    auto store = open_lmdb_reader(args.data_dir);
    late_bar bar{err, "rows exported"};
    export_rows(*store->read(), out, std::ref(bar));
    out << std::flush;
    if (!out)
      throw std::runtime_error("the export could not be written completely");
    return exit_code::done;
  });
}

} // namespace holdfast
