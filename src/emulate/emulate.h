// Emulate: a Program becomes a firmware image for a target, runs there on given inputs, and its answers come
// back. Emulated boards run under QEMU or simavr; the target `host` runs natively.  What a target cannot measure is absent, not 0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/system.h"
#include "codegen/codegen.h"
#include "targets/target.h"

namespace mote {

/// Bytes by kind.  Code is kernels and generated code, without start-up and harness (an empty image is subtracted).
struct ImageSize {
  std::uint64_t code = 0, weights = 0, tables = 0, static_ram = 0;
};

struct RunOptions {
  bool sequence = false;      ///< state is kept from case to case
  bool dump_tensors = false;  ///< every tensor of Program::trace comes back for each case
  /// Instructions by layer, of an image with marks; exact.  True cycles where the emulator counts those.  Absent
  /// where neither the QEMU plugin nor simavr counts.
  bool count_layers = false;
  /// Cycles by the target's class table, whole and by layer, of an image with marks: instructions are not
  /// counted then.  Absent in the output when the target has no table or the emulator's plugin is not there.
  /// At most one of dump_tensors, count_layers and estimate_cycles is asked for in a run.
  bool estimate_cycles = false;
  double timeout_seconds = 600;
};

struct RunOutput {
  Bytes outputs;                           ///< cases × all outputs, in order
  Bytes tensors;                           ///< cases × Program::trace, when asked for
  bool weights_intact = true;              ///< the constants in flash have the hash they were built with
  std::optional<double> instructions;      ///< per inference, mean over the cases, without probes
  std::optional<double> cycles;            ///< the same in true cycles, where the emulator knows them
  std::vector<double> layer_instructions;  ///< per inference; empty when not asked for or not countable
  std::optional<double>
      cycles_estimated;              ///< per inference, by the target's class table; see Target::cycle_model
  std::vector<double> layer_cycles;  ///< by layer: estimated, or true ones if the emulator counts them
  std::optional<std::uint32_t> stack;  ///< bytes used by init and invoke
};

/// A built firmware in a folder of its own.
class Firmware {
 public:
  /// Compiles and links.  A missing compiler is an error that names the package.
  static Result<Firmware> build(const Program& program, const Target& target);

  /// Runs `inputs` (cases × all inputs) and reads back what the firmware wrote.
  Result<RunOutput> run(std::span<const std::uint8_t> inputs, std::uint32_t cases,
                        const RunOptions& options) const;

  /// Of a native target: inferences a second on `threads` threads by the wall clock, each with a context of its own, over and over
  /// the cases; the median of some rounds, about two seconds.
  Result<double> inferences_per_second(std::span<const std::uint8_t> inputs, std::uint32_t cases,
                                       int threads) const;

  /// Bytes by kind; builds an empty image beside the first one.
  Result<ImageSize> size() const;

  /// The image without trace hooks; tests corrupt it to see that `run` notices.
  std::filesystem::path image() const { return folder_.path() / "image.elf"; }

 private:
  Firmware(ScratchFolder folder, const Program& program, const Target& target)
      : folder_(std::move(folder)), program_(program), target_(target) {}

  Result<void> compile(const std::string& image, const std::vector<std::string>& defines,
                       bool with_model) const;

  ScratchFolder folder_;
  Program program_;
  Target target_;
};

/// What this machine lacks for a target: program and the package that brings it.
struct MissingTool {
  std::string program, package, needed_for;
};
std::vector<MissingTool> missing_tools(const Target& target);
/// The command that brings it.
std::string how_to_install(const MissingTool& tool);
/// The first of them as an error with the way out.
Result<void> check_tools(const Target& target);

}  // namespace mote
