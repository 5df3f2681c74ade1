// The main function of every fake.
// Must not know calls.
#pragma once

#include "tests/fakes/fake_service.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fake {

/// Names and defaults of a program's options besides --port and --seed.
using option_list = std::vector<std::pair<std::string, std::string>>;

/// The values of those options by name.
using option_values = std::map<std::string, std::string>;

using service_maker = std::function<std::unique_ptr<service>(
    const option_values& given, std::uint64_t seed)>;

/// Serves on 127.0.0.1 until SIGTERM or SIGINT, and says where once it
/// listens. Returns the program's exit code: 2 when the options are wrong or
/// the port is taken.
int run_fake(const std::string& name, int argc, char** argv,
             const option_list& own, const service_maker& make);

} // namespace fake
