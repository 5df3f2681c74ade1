// What every fake is: a service whose calls fail as a test wants, and the
// control calls below /fake/ by which the test says so. One thread.
// Must not know sockets, or what a call means.
#pragma once

#include "tests/fakes/fake_faults.hpp"
#include "tests/fakes/fake_http.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace fake {

/// A request that its service has taken apart.
struct incoming {
  fault_subject subject;
  /// Carries it out; nothing when the answer is not there yet: then it is
  /// asked again. Of the plan it carries out what only a service can.
  std::function<std::optional<answer>(const fault_plan&)> serve;
};

class service {
public:
  /// `words` outlive this.
  service(const fault_words& words, std::uint64_t seed);
  virtual ~service() = default;
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  /// Takes a request apart and counts it as seen, whatever becomes of it.
  virtual incoming arrived(const http_request& request) = 0;

  /// What the service says when a request is refused, limited, or answered
  /// 500 because of this plan.
  virtual answer refused(const fault_plan& plan) = 0;

  const fault_words& words() const { return words_; }
  fault_rules& faults() { return faults_; }

  /// Grows with every reset: a request held since before it is not served.
  std::uint64_t epoch() const { return epoch_; }

  /// Until then (steady milliseconds) nobody can connect.
  std::int64_t away_until() const { return away_until_; }

  /// Serves a call below /fake/. Errors are `{error: text}`.
  answer control(std::string_view method, std::string_view path,
                 std::string_view body);

protected:
  /// A control call that does not exist: thrown by `show` and `change`.
  struct no_such_call {};

  /// A GET of the service's own.
  virtual json show(std::string_view path) = 0;

  /// A POST or PUT of the service's own. Any other exception is a 400 with
  /// its text.
  virtual json change(std::string_view path, const json& body) = 0;

  /// Forgets everything; faults are seen to.
  virtual void start_anew() = 0;

private:
  json carry_out(std::string_view method, std::string_view path,
                 std::string_view body);
  json changed(std::string_view path, const json& body);

  const fault_words& words_;
  std::uint64_t seed_;
  fault_rules faults_;
  std::uint64_t epoch_ = 0;
  std::int64_t away_until_ = 0;
};

} // namespace fake
