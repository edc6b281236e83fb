#include "emulate/cycle_plugin.h"

#include "base/text.h"

namespace mote {
namespace fs = std::filesystem;

fs::path find_part(const std::string& name) {
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  for (const fs::path& folder :
       {program.parent_path().parent_path() / "lib/mote", fs::path(MOTE_PLUGIN_FOLDER)}) {
    if (fs::exists(folder / name, problem)) return folder / name;
  }
  return {};
}

namespace {

std::vector<std::string> plugin_arguments(const Target& target, const std::string& costs) {
  const fs::path plugin = find_part("mote_qemu_cycles.so");
  if (plugin.empty() || target.emulator.plugin.empty()) return {};
  std::string option = "file=";
  for (const char c : plugin.string())
    option += c == ',' ? std::string(",,") : std::string(1, c);  // a comma separates; two are one
  return {"-plugin", text::cat(option, ",code=", target.emulator.plugin, costs)};
}

}  // namespace

std::vector<std::string> cycle_plugin_arguments(const Target& target) {
  if (target.cycle_model.cycles.empty()) return {};
  std::string costs;
  for (const auto& [kind, cycles] : target.cycle_model.cycles) costs += text::cat(",", kind, "=", cycles);
  return plugin_arguments(target, costs);
}

std::vector<std::string> count_plugin_arguments(const Target& target) {
  return plugin_arguments(target, ",count=1");
}

}  // namespace mote
