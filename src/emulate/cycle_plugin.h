// How QEMU is told to estimate cycles: the arguments that load qemu_plugin/cycles.c with a target's class table.
#pragma once

#include <string>
#include <vector>

#include "targets/target.h"

namespace mote {

/// Empty where nothing can be estimated: the target has no class table or runs no Thumb code, or the plugin is
/// neither installed nor built.
std::vector<std::string> cycle_plugin_arguments(const Target& target);

}  // namespace mote
