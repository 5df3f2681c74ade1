// What `verify` checks of positions and of messages that have not ended.
// Must not know CAF or the rules.
#pragma once

#include "messages/effect.hpp"
#include "storage/store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::storage_impl {

/// The faults of one row, as sentences. @throws storage_error for a row that
/// cannot be read.
std::vector<std::string> position_faults(const snapshot& view,
                                         std::string_view key,
                                         std::string_view value);
std::vector<std::string> position_index_faults(const snapshot& view,
                                               std::string_view key,
                                               std::string_view value);
std::vector<std::string> outbox_faults(const snapshot& view,
                                       std::string_view key,
                                       std::string_view value);
/// Of an effect that is a message.
std::vector<std::string> message_faults(const snapshot& view,
                                        const effect_record& effect);

/// Whether a table whose keys begin with a resource has rows of this one.
bool has_rows(const snapshot& view, table t, std::string_view resource);

} // namespace holdfast::storage_impl
