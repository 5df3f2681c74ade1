// The few places where CAF 0.17 and later versions differ, so that the rest
// of the code reads the same under both.
#pragma once

#include <caf/meta/type_name.hpp>

/// Makes `T` a message element. `...` lists its members as `x.member`.
#define HOLDFAST_INSPECT(T, ...)                                               \
  template <class Inspector>                                                   \
  typename Inspector::result_type inspect(Inspector& f, T& x) {                \
    return f(caf::meta::type_name(#T), __VA_ARGS__);                           \
  }
