// The schedule of a replay.
#include "node/replay.hpp"

#include <algorithm>
#include <functional>
#include <queue>

namespace holdfast {

namespace {

using nlohmann::json;

class runner {
public:
  runner(const std::vector<replay_line>& lines, http_transport& node,
         const replay_options& how,
         const std::function<void(const replay_answer&)>& on_answer)
      : lines_(lines), node_(node), how_(how), on_answer_(on_answer),
        due_ms_(lines.size()), missing_(lines.size()),
        dependents_(lines.size()) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      auto needs = lines[i].needs;
      if (lines[i].after_ms)
        due_ms_[i] = scaled(*lines[i].after_ms);
      else if (i > 0 &&
               std::find(needs.begin(), needs.end(), i - 1) == needs.end())
        needs.push_back(i - 1);
      missing_[i] = needs.size();
      for (auto needed : needs)
        dependents_[needed].push_back(i);
    }
  }

  void run(const std::function<std::int64_t()>& now_ms) {
    const auto start = now_ms();
    while (answered_ < lines_.size()) {
      auto now = now_ms() - start;
      while (next_due_ < lines_.size() && due_ms_[next_due_] <= now)
        make_due(next_due_++);
      while (!ready_.empty() && under_way_ < how_.calls_max)
        send_first();
      std::int64_t wait = 1000;
      if (next_due_ < lines_.size())
        wait = std::min(wait, due_ms_[next_due_] - now);
      if (answered_ < lines_.size())
        node_.poll(std::chrono::milliseconds{std::max<std::int64_t>(wait, 0)});
    }
  }

private:
  std::int64_t scaled(std::int64_t ms) const {
    return how_.speed > 0
               ? static_cast<std::int64_t>(static_cast<double>(ms) / how_.speed)
               : 0;
  }

  void make_due(std::size_t i) {
    if (missing_[i] == 0)
      ready_.push(i);
  }

  void send_first() {
    auto i = ready_.top();
    ready_.pop();
    auto& line = lines_[i];
    client_request request;
    request.method = line.method;
    try {
      request.target = fill_in_target(line.target, answers_);
      request.body = fill_in_body(line.body, answers_);
    } catch (const unresolved& why) {
      client_response none;
      none.error = why.what();
      return finish(i, none);
    }
    ++under_way_;
    node_.send(std::move(request), [this, i](const client_response& answer) {
      --under_way_;
      if (answer.status == 0)
        throw node_unreachable{"line " + std::to_string(lines_[i].number) +
                               ": no answer from the node: " + answer.error};
      finish(i, answer);
    });
  }

  void finish(std::size_t i, const client_response& answer) {
    auto& line = lines_[i];
    auto body = json::parse(answer.body, nullptr, false);
    if (body.is_discarded())
      body = nullptr;
    on_answer_({line, answer, body});
    if (!line.as.empty())
      answers_[line.as] = std::move(body);
    ++answered_;
    for (auto j : dependents_[i])
      if (--missing_[j] == 0 && j < next_due_)
        ready_.push(j);
  }

  const std::vector<replay_line>& lines_;
  http_transport& node_;
  const replay_options& how_;
  const std::function<void(const replay_answer&)>& on_answer_;
  std::vector<std::int64_t> due_ms_;
  std::vector<std::size_t> missing_; ///< answers that a line still needs
  std::vector<std::vector<std::size_t>> dependents_;
  /// Due, and nothing missing; the first of the file on top.
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>>
      ready_;
  named_answers answers_;
  /// All lines before this one are due; so a line is never due before an
  /// earlier one.
  std::size_t next_due_ = 0;
  std::size_t under_way_ = 0;
  std::size_t answered_ = 0;
};

} // namespace

void replay(const std::vector<replay_line>& lines, http_transport& node,
            const std::function<std::int64_t()>& now_ms,
            const replay_options& how,
            const std::function<void(const replay_answer&)>& on_answer) {
  runner{lines, node, how, on_answer}.run(now_ms);
}

} // namespace holdfast
