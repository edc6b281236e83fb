// Loads the embedded JSON files below targets/.
#include "targets/target.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/system.h"

namespace mote {

namespace {

using nlohmann::json;

Target parse(const json& file) {
  Target target;
  target.name = file.at("name");
  target.doc = file.at("doc");
  target.cpu = file.value("cpu", target.name);
  target.is_board = file.contains("cpu");
  if (file.contains("memories")) {
    const auto memories = file["memories"].get<std::map<std::string, std::uint64_t>>();
    for (const auto& [name, bytes] : memories) target.memories.push_back({name, bytes});
  }
  if (file.contains("board")) {
    const json& board = file["board"];
    target.board_name = board.at("name");
    target.board = {board.at("datasheet"), board.at("clock_hz"), board.value("microamp_per_mhz", 0.0),
                    board.value("volts", 0.0)};
  }
  // A board whose chip is another one of the family says what differs.
  if (target.is_board) {
    target.toolchain.flags = file.value("flags", std::vector<std::string>{});
    target.emulator.arguments = file.value("emulator_arguments", std::vector<std::string>{});
    return target;
  }
  target.isa.arch = file.at("isa").at("arch");
  for (const json& feature : file["isa"].at("features"))
    target.isa.features.insert(feature.get<std::string>());
  const json& toolchain = file.at("toolchain");
  target.toolchain = {toolchain.at("compiler"), toolchain.at("package"), toolchain.at("flags"),
                      toolchain.value("link_flags", std::vector<std::string>{}), toolchain.at("size_tool")};
  const json& emulator = file.at("emulator");
  target.emulator.program = emulator.at("program");
  target.emulator.package = emulator.at("package");
  target.emulator.arguments = emulator.at("arguments").get<std::vector<std::string>>();
  target.emulator.startup = emulator.at("startup");
  target.emulator.linker_script = emulator.at("linker_script");
  target.emulator.sysclk_hz = emulator.at("sysclk_hz");
  target.emulator.counts_instructions = emulator.at("counts_instructions");
  target.emulator.counts_cycles = emulator.value("counts_cycles", false);
  target.emulator.plugin = emulator.value("plugin", std::string());
  if (file.contains("cycle_model")) {
    target.cycle_model.source = file["cycle_model"].at("source");
    target.cycle_model.cycles = file["cycle_model"].at("cycles").get<std::map<std::string, double>>();
  }
  return target;
}

// A board is its CPU, with the board's own name, memories and figures.
Result<void> complete(Target& board, const std::vector<Target>& cpus) {
  const auto cpu = std::find_if(cpus.begin(), cpus.end(),
                                [&](const Target& t) { return !t.is_board && t.name == board.cpu; });
  if (cpu == cpus.end())
    return error(
        text::cat("the board '", board.name, "' names the CPU '", board.cpu, "', which is not there"));
  board.isa = cpu->isa;
  const std::vector<std::string> flags = std::move(board.toolchain.flags);
  const std::vector<std::string> arguments = std::move(board.emulator.arguments);
  board.toolchain = cpu->toolchain;
  board.emulator = cpu->emulator;
  if (!flags.empty()) board.toolchain.flags = flags;
  if (!arguments.empty()) board.emulator.arguments = arguments;
  board.cycle_model = cpu->cycle_model;
  return {};
}

}  // namespace

Result<std::vector<Target>> load_targets() {
  std::vector<Target> targets;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!text::starts_with(file.path, "targets/") || !text::ends_with(file.path, ".json")) continue;
    try {
      targets.push_back(parse(json::parse(file.content)));
    } catch (const json::exception& problem) {
      return error(text::cat(file.path, ": ", problem.what()));
    }
  }
  const std::vector<Target> cpus = targets;
  for (Target& target : targets) {
    if (target.is_board) MOTE_TRY_VOID(complete(target, cpus));
  }
  std::sort(targets.begin(), targets.end(), [](const Target& a, const Target& b) { return a.name < b.name; });
  return targets;
}

Result<Target> find_target(std::string_view name) {
  MOTE_TRY(const std::vector<Target> targets, load_targets());
  std::vector<std::string> names;
  for (const Target& target : targets) {
    if (target.name == name) return target;
    names.push_back(target.name);
  }
  const auto near = text::nearest(name, names);
  return error(
      text::cat("there is no target '", name, "'"),
      text::cat(near ? text::cat("did you mean '", *near, "'? ") : "", "known: ", text::join(names, ", ")));
}

}  // namespace mote
