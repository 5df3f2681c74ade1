// The version that both ends compare.
#include "remote/interface.hpp"

namespace holdfast {

std::string remote_version() { return HOLDFAST_VERSION; }

} // namespace holdfast
