// What mote itself brings to emulators: the plugin with which QEMU counts (qemu_plugin/cycles.c) and the runner of
// firmware in simavr (simavr/runner.c): where they are, and how the plugin is told to estimate or to count.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "targets/target.h"

namespace mote {

/// ../lib/mote beside the program, else where it was built.  Empty: neither.
std::filesystem::path find_part(const std::string& name);

/// Cycles by the target's class table.  Empty where nothing can be estimated: the target has no class table, or the
/// plugin is neither installed nor built.
std::vector<std::string> cycle_plugin_arguments(const Target& target);

/// Executed instructions, whatever they cost.  Empty where the plugin does not read the instruction set.
std::vector<std::string> count_plugin_arguments(const Target& target);

}  // namespace mote
