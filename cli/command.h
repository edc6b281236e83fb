#pragma once
#include <span>
#include <vector>
namespace mote { struct Command { int x; }; std::span<const Command* const> command_registry(); }
