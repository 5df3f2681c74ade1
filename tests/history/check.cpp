#include "tests/history/check.hpp"

#include "tests/history/tokens.hpp"

#include <algorithm>
#include <map>

namespace linear {

verdict_of_all check(const operations& all, const search_limits& limits) {
  using clock = std::chrono::steady_clock;
  verdict_of_all result;
  result.faults = token_faults(all);
  std::map<std::string, operations> by_resource;
  for (const auto& op : all) {
    by_resource[op.resource].push_back(op);
    result.unanswered += !op.answered();
  }
  result.operations = all.size();
  result.resources = by_resource.size();
  for (const auto& [resource, part] : by_resource) {
    auto start = clock::now();
    auto one = check_resource(part, limits);
    result.longest = std::max(
        result.longest, std::chrono::duration_cast<std::chrono::milliseconds>(
                            clock::now() - start));
    result.most_configurations =
        std::max(result.most_configurations, one.configurations);
    if (one.found == finding::not_linearizable)
      result.faults.push_back(resource + " has no order: " + one.report);
    if (one.found == finding::gave_up)
      result.faults.push_back(resource + " was not decided: " + one.report);
  }
  return result;
}

std::string describe(const verdict_of_all& result) {
  return std::to_string(result.operations) + " operations (" +
         std::to_string(result.unanswered) + " unanswered) on " +
         std::to_string(result.resources) + " resources, " +
         (result.faults.empty()
              ? "each has an order"
              : std::to_string(result.faults.size()) + " faults") +
         "; at most " + std::to_string(result.most_configurations) +
         " configurations and " + std::to_string(result.longest.count()) +
         " ms for one";
}

} // namespace linear
