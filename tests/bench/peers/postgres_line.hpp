// A lock in PostgreSQL, as its users write it: one prepared insert-or-take,
// one prepared update. Must not know who measures.
#pragma once

#include "bench/peers/peer_load.hpp"

#include <memory>
#include <string>

namespace holdfast::bench {

/// An empty table of locks; to be called before a round.
/// @throws std::runtime_error
void make_postgres_table(const std::string& connection);

/// Client `number` with a key of its own. `connection` is what libpq takes.
/// @throws std::runtime_error
std::unique_ptr<peer_line> make_postgres_line(const std::string& connection,
                                              std::size_t number);

} // namespace holdfast::bench
