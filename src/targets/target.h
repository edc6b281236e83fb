// Targets: CPUs and boards as data.  A target is one JSON file, targets/<cpu>.json or
// targets/boards/<board>.json; adding one means adding that file.  A board names its CPU and says what only
// the board knows: memories, clock, volts, current.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mote {

/// What kernels ask about: `needs(isa)`.
struct Isa {
  std::string arch;  ///< "armv7e-m", "x86-64", …
  /// "dsp", "mve", "fpu"; "harvard": constants in flash are another address space; "strict-alignment"
  std::set<std::string> features;
  bool has(std::string_view feature) const { return features.count(std::string(feature)) > 0; }
};

/// Estimated cycles of one instruction by class, at zero wait states; the source is named in the file.
struct CycleModel {
  std::string source;                    ///< "Arm Cortex-M4 TRM r0p1, §3.3"
  std::map<std::string, double> cycles;  ///< class → cycles: "alu", "mul", "load", "store", "branch_taken", …
};

struct MemoryRegion {
  std::string name;  ///< "flash", "ram"
  std::uint64_t bytes = 0;
};

/// How a firmware is built and started for measuring.
struct Toolchain {
  std::string compiler;  ///< "arm-none-eabi-g++"
  std::string package;   ///< Debian package that brings it
  std::vector<std::string> flags;
  std::vector<std::string> link_flags;
  std::string size_tool;  ///< "arm-none-eabi-size"
};
struct Emulator {
  std::string program;  ///< "qemu-system-arm"; empty: runs natively; "mote_simavr": mote's own, beside it
  std::string package;
  std::vector<std::string> arguments;  ///< the firmware's path follows them
  std::string startup;                 ///< folder below firmware/: "cortex-m"
  std::string linker_script;           ///< below firmware/: "cortex-m/an386.ld"; empty: the toolchain's own
  std::uint32_t sysclk_hz = 0;         ///< of the emulated timer; 0: there is none
  bool counts_instructions = false;
  bool counts_cycles = false;  ///< true cycles of the core
  std::string plugin;          ///< instruction set that the QEMU plugin reads: "thumb", …; empty: no plugin
};

/// Energy and latency of a real board, for estimates that are named so.  0: its documents give no such figure.
struct BoardFigures {
  std::string datasheet;  ///< document, revision, table
  double clock_hz = 0;
  double microamp_per_mhz = 0;  ///< running from flash
  double volts = 0;
};

struct Target {
  std::string name;  ///< "cortex-m4", "nucleo-l476rg"
  std::string doc;   ///< one sentence
  std::string cpu;   ///< of a board: its CPU target; else equal to name
  Isa isa;
  std::vector<MemoryRegion> memories;  ///< empty: not limited (a bare CPU)
  CycleModel cycle_model;
  Toolchain toolchain;
  Emulator emulator;
  BoardFigures board;      ///< of a bare CPU: a named example board's figures
  std::string board_name;  ///< whose figures they are
  bool is_board = false;
};

/// All targets, sorted by name.  An error names the file and the key.
Result<std::vector<Target>> load_targets();
/// One of them; an unknown name is an error that says what there is.
Result<Target> find_target(std::string_view name);

}  // namespace mote
