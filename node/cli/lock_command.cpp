// The order of things: acquire, run, renew, end in time, release.
#include "node/cli/lock_command.hpp"

#include "node/cli/child_process.hpp"
#include "node/cli/duration.hpp"
#include "node/cli/lease_keeper.hpp"
#include "node/cli/lock_talk.hpp"
#include "node/commands.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ostream>

namespace holdfast {

namespace {

using std::chrono::milliseconds;

/// As a shell reports commands that cannot be executed.
int exec_failure_status(int why) { return why == ENOENT ? 127 : 126; }

std::string to_error(int status) {
  if (status > 128 && status <= 128 + SIGRTMAX)
    return "the command was ended by signal " + std::to_string(status - 128) +
           " (or exited with " + std::to_string(status) + ")";
  return "the command exited with " + std::to_string(status);
}

class lock_run {
public:
  lock_run(const lock_args& args, std::ostream& out, std::ostream& err)
      : args_(args), out_(out), err_(err), talk_(args),
        grace_(args.grace.count() > 0
                   ? args.grace
                   : lease_schedule::default_grace(args.ttl)),
        lease_(args.ttl, grace_, boot_now()) {}

  int run() {
    if (auto code = acquire())
      return *code;
    if (auto code = make_sure())
      return *code;
    return run_command();
  }

private:
  /// The exit code when there is no lock.
  std::optional<int> acquire() {
    auto call = talk_.acquire();
    while (!call->answer) {
      talk_.wait(call.get(), boot_now() + milliseconds{1000});
      auto signals = talk_.signals().take();
      // Ending closes the connection, and so gives up the place in the queue.
      if (!signals.empty() && !call->answer)
        return 128 + signals.front();
      if (!signals.empty())
        interrupted_ = signals.front();
    }
    auto& answer = *call->answer;
    if (answer.status == 0)
      throw node_silent{args_.client.url +
                        ": no answer from the node: " + answer.error};
    if (answer.status == 200)
      return print_outcome(answer.body);
    if (answer.status != 201)
      throw node_refused{answer.status, answer.body};
    talk_.take_grant(answer.body);
    lease_ = lease_schedule{args_.ttl, grace_, call->asked_at};
    return std::nullopt;
  }

  /// The work was done before; its command is not run again.
  int print_outcome(const std::string& body) {
    auto answer = parse_answer(body);
    if (args_.client.json)
      out_ << body << std::endl;
    else
      out_ << answer.value("result", nlohmann::json{}).dump() << std::endl;
    err_ << "holdfast: done before; this is the stored result" << std::endl;
    return exit_code::done;
  }

  /// The grant may be as old as the wait was long: before the command begins
  /// the lease is made to count from now. The exit code when that fails.
  std::optional<int> make_sure() {
    auto fresh = lease_.end() - args_.ttl + args_.ttl / 10;
    auto give_up = boot_now() + args_.ttl;
    while (!interrupted_ && boot_now() > fresh) {
      auto call = talk_.renew(lease_.attempt_timeout());
      while (!call->answer && !interrupted_)
        await(call.get(), give_up);
      if (interrupted_)
        break;
      if (call->answer->status == 200) {
        lease_.confirmed(call->asked_at);
        return std::nullopt;
      }
      if (is_lost(*call->answer) || boot_now() > give_up) {
        err_ << "holdfast: granted, but lost before the command began: "
             << explain(*call->answer) << std::endl;
        return exit_code::refused;
      }
      pause(milliseconds{100});
    }
    if (!interrupted_)
      return std::nullopt;
    release("interrupted before the command began");
    return 128 + interrupted_;
  }

  int run_command() {
    setenv("HOLDFAST_LOCK_ID", talk_.lock_id().c_str(), 1);
    setenv("HOLDFAST_FENCING_TOKEN", std::to_string(talk_.token()).c_str(), 1);
    setenv("HOLDFAST_RESOURCE", args_.resource.c_str(), 1);
    child_process child{args_.command, talk_.signals()};
    lease_keeper keeper{child.group(), lease_.kill_at()};
    if (auto why = child.run(); why != 0) {
      keeper.stand_down();
      auto text = args_.command.front() + ": " + std::strerror(why);
      err_ << "holdfast: " << text << std::endl;
      release("the command could not be executed: " + text);
      return exec_failure_status(why);
    }
    supervise(child, keeper);
    // Nothing of a command that lost its lock may go on, and its group can
    // only be named until its leader is reaped.
    if (!lost_.empty())
      child.signal(SIGKILL);
    if (keeper.stand_down() && lost_.empty())
      lost_ = "the lease ran out while this program was stopped";
    auto status = child.reap();
    if (!lost_.empty()) {
      err_ << "holdfast: lock lost, the command was ended: " << lost_
           << std::endl;
      return exit_code::lock_lost;
    }
    auto recorded = release(status == 0 ? "" : to_error(status));
    return status == 0 && !recorded ? int{exit_code::error} : status;
  }

  void supervise(child_process& child, lease_keeper& keeper) {
    std::shared_ptr<pending_call> renewal;
    std::string last_failure = "no renewal was answered";
    auto told = lease_duty::nothing;
    while (!child.ended()) {
      if (renewal && renewal->answer) {
        take_renewal(*renewal, keeper, last_failure);
        renewal.reset();
      }
      auto now = boot_now();
      auto duty = stale_ ? lease_duty::kill : lease_.duty(now);
      if (duty == lease_duty::renew && !renewal && lost_.empty())
        renewal = talk_.renew(lease_.attempt_timeout());
      if (duty >= lease_duty::terminate && duty > told) {
        if (lost_.empty())
          lost_ = last_failure;
        child.signal(duty == lease_duty::kill ? SIGKILL : SIGTERM);
        told = duty;
      }
      talk_.wait(renewal.get(), lease_.next_change(now));
      for (auto signal : talk_.signals().take())
        child.signal(signal);
    }
  }

  void take_renewal(const pending_call& call, lease_keeper& keeper,
                    std::string& failure) {
    if (call.answer->status == 200) {
      // Once told to end, a command is ended: it may be half gone.
      if (lost_.empty()) {
        lease_.confirmed(call.asked_at);
        keeper.postpone(lease_.kill_at());
      }
      return;
    }
    failure = explain(*call.answer);
    stale_ = is_lost(*call.answer);
    lease_.postpone(boot_now());
  }

  /// False, with a sentence: the outcome is not recorded.
  bool release(const std::string& error) {
    std::string failure;
    auto begun = boot_now();
    auto give_up = std::max<boot_time>(lease_.end(), begun + milliseconds{500});
    interrupted_ = 0;
    do {
      auto call = talk_.release(error, lease_.attempt_timeout());
      while (!call->answer && !interrupted_)
        await(call.get(), give_up);
      if (!call->answer)
        break;
      if (call->answer->status == 200)
        return true;
      failure = explain(*call->answer);
      if (call->answer->status >= 400 && call->answer->status < 500)
        break;
      pause(milliseconds{100});
    } while (!interrupted_ && boot_now() < give_up);
    err_ << "holdfast: the lock could not be released"
         << (error.empty() ? ", so that the command succeeded is not recorded: "
                           : ": ")
         << (failure.empty() ? "interrupted" : failure) << std::endl;
    return false;
  }

  void await(const pending_call* call, boot_time at) {
    talk_.wait(call, at);
    for (auto signal : talk_.signals().take())
      interrupted_ = signal;
  }

  void pause(milliseconds time) {
    auto until = boot_now() + time;
    while (boot_now() < until && !interrupted_)
      await(nullptr, until);
  }

  /// The node says that the lock is not ours any more.
  static bool is_lost(const client_response& answer) {
    return answer.status == 404 || answer.status == 409;
  }

  static std::string explain(const client_response& answer) {
    if (answer.status == 0)
      return "no answer from the node: " + answer.error;
    return node_refused{answer.status, answer.body}.what();
  }

  const lock_args& args_;
  std::ostream& out_;
  std::ostream& err_;
  lock_talk talk_;
  const milliseconds grace_;
  lease_schedule lease_;
  int interrupted_ = 0; ///< the signal that came while no command ran
  bool stale_ = false;
  std::string lost_; ///< why the command was told to end; empty: it was not
};

/// What is wrong with the times; empty: nothing.
std::string check(const lock_args& args) {
  if (args.command.empty())
    return "lock needs a command: holdfast lock KEY -- command...";
  if (args.ttl < lease_schedule::least_ttl)
    return "--ttl must be at least " + to_text(lease_schedule::least_ttl) +
           ", so that there is time to renew the lease and to end the command "
           "before it runs out";
  if (args.grace.count() != 0 &&
      (args.grace < lease_schedule::least_grace || args.grace > args.ttl / 2))
    return "--grace must be " + to_text(lease_schedule::least_grace) +
           " to half of --ttl";
  return {};
}

} // namespace

int lock_command(const lock_args& args, std::ostream& out, std::ostream& err) {
  if (auto wrong = check(args); !wrong.empty()) {
    err << "holdfast: " << wrong << std::endl;
    return exit_code::usage;
  }
  return with_exit_code(args.client, out, err, [&] {
    return lock_run{args, out, err}.run();
  });
}

} // namespace holdfast
