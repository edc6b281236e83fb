#include "emulate/cycle_plugin.h"

#include <filesystem>

#include "base/text.h"

namespace mote {
namespace fs = std::filesystem;

namespace {

// ../lib/mote beside the program, else where it was built.  Empty: neither.
fs::path find_plugin() {
  const std::string name = "mote_qemu_cycles.so";
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  for (const fs::path& folder :
       {program.parent_path().parent_path() / "lib/mote", fs::path(MOTE_PLUGIN_FOLDER)}) {
    if (fs::exists(folder / name, problem)) return folder / name;
  }
  return {};
}

}  // namespace

std::vector<std::string> cycle_plugin_arguments(const Target& target) {
  // The start-up folder says the instruction set: the plugin reads Thumb.
  if (target.emulator.startup != "cortex-m" || target.cycle_model.cycles.empty()) return {};
  const fs::path plugin = find_plugin();
  if (plugin.empty()) return {};
  std::string option = "file=";
  for (const char c : plugin.string())
    option += c == ',' ? std::string(",,") : std::string(1, c);  // a comma separates; two are one
  for (const auto& [kind, cycles] : target.cycle_model.cycles) option += text::cat(",", kind, "=", cycles);
  return {"-plugin", option};
}

}  // namespace mote
