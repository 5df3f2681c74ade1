// What a program that embeds Holdfast includes. For an engine of another
// process there is "remote/remote_engine.hpp" besides.
#pragma once

#include "actors/interfaces.hpp"
#include "engine/engine.hpp"
#include "messages/type_ids.hpp"
