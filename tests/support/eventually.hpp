// The one place where tests ask again: of other processes, which tell no event
// that could be waited for.
// Must not know what is asked.
#pragma once

#include <chrono>
#include <functional>

namespace holdfast::test {

/// Asks again until true, or until the patience is over; what it was then.
bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds patience = std::chrono::seconds{10});

} // namespace holdfast::test
