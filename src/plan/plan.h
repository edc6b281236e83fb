// Plan: the module as a device will execute it.  Steps in order, each call with the variant chosen for the
// target, its packed constants, and an address for every buffer.  `codegen` prints it, `sim` follows it;
// neither decides anything.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "graph/kernel.h"

namespace mote {

struct Target;  // targets/target.h

// ---- memory

/// Where a buffer lies.  `step` and `wrap` serve loops: iteration i of the innermost Loop finds it at
/// offset + (i · step) mod wrap, which makes ring and row buffers.  Both 0: it stays where it is.
struct Address {
  std::int32_t region = 0;   ///< index in Memory::regions
  std::int64_t offset = -1;  ///< bytes from the region's start; −1: not planned
  std::int64_t step = 0;
  std::int64_t wrap = 0;
};

/// Something that takes room in the arena for a while.
struct Buffer {
  std::string name;
  TensorId tensor = kNoTensor;  ///< kNoTensor: scratch or state
  StateId state = -1;
  std::size_t bytes = 0;
  /// Steps between which its content matters, both inclusive; −1: before the first step
  int first = 0, last = 0;
  /// Index of the buffer whose room it uses: a view of it; −1: its own
  std::int32_t within = -1;
  Address at;
};

struct Region {
  std::string name;       ///< "arena", or as PlanOptions::memories has it
  std::size_t bytes = 0;  ///< used, a multiple of 16
  std::uint64_t traffic =
      0;  ///< bytes read and written there in one inference, by the rule of PlanOptions::memories
};

struct Memory {
  std::vector<Region> regions;
  std::vector<Buffer> buffers;  ///< each tensor that is materialised, each scratch, each state
  std::size_t lower_bound =
      0;                 ///< needed at the worst step: no plan of this order and these variants is smaller
  int peak_step = 0;     ///< where that is
  bool optimal = false;  ///< proved: no placement of these buffers needs less
  /// By call as lowered, which is what Buffer::first and last count: bytes needed while it runs, what lies over
  /// something else counted once
  std::vector<std::size_t> alive;
  std::vector<std::size_t> nodes;  ///< by call as lowered: its layer
  std::vector<std::pair<std::size_t, std::size_t>>
      overlaps;  ///< buffers in → out that may lie over each other
};

// ---- steps

struct Step;

struct Call {
  KernelCall call;  ///< as lowered, canonical
  const KernelVariant* variant = nullptr;
  Packed packed;                           ///< as it goes to the device
  std::vector<std::optional<Address>> at;  ///< by packed argument; nothing for constants and absent ones
  std::size_t node = 0;                    ///< index in Plan::graph: the layer it belongs to
  RowSpan rows;                            ///< of its output, where it makes some of them alone; empty: all
  std::vector<TensorId> completes;         ///< tensors whose value is whole after this call, views included
};
/// The body n times: rows of a chain of layers, time steps.  A chain of rows begins before and ends behind its loop with
/// calls of their own, for what lies at the image's edges.
struct Loop {
  std::int32_t n = 0;
  std::vector<Step> body;
};
/// Bodies of IF; the condition is one byte.
struct If {
  Address condition;
  std::vector<Step> then, otherwise;
  std::size_t node = 0;             ///< as in Call
  std::vector<TensorId> completes;  ///< of the network's own tensors
};
/// Bodies of WHILE: `condition_steps` compute the byte, then the body runs while it is not 0.
struct While {
  std::vector<Step> condition_steps;
  Address condition;
  std::vector<Step> body;
  std::size_t node = 0;
  std::vector<TensorId> completes;
};
/// The body in every n-th invocation, counted from `phase`: layers behind a strided one, inputs at several rates.
struct Every {
  std::int32_t n = 1, phase = 0;
  std::vector<Step> body;
};

struct Step {
  std::variant<Call, Loop, If, While, Every> what;
};

/// One input or output of the model as the generated API shows it.
struct Endpoint {
  TensorId tensor = kNoTensor;
  Address at;
  std::vector<TensorId> views = {};  ///< of an input: tensors that are its bytes under another shape
};

struct Plan {
  /// What tensors and nodes of steps are: the network under its own numbers, bodies of control flow behind it.
  std::shared_ptr<const Graph> graph;
  std::string target;
  std::string optimize;        ///< "speed", "size", "ram"
  std::uint64_t identity = 0;  ///< of what is computed: the calls as lowered, whatever target and variants
  std::vector<Step> steps;
  Memory memory;
  std::vector<Endpoint> inputs, outputs;
  bool fused = true;  ///< false: every tensor of the graph is materialised (--no-fuse)
};

// ---- making one

struct PlanOptions {
  enum class Optimize : std::uint8_t { Speed, Size, Ram } optimize = Optimize::Speed;
  bool keep_input = false;  ///< inputs keep their bytes through an inference
  bool fuse = true;         ///< false: no buffer is shared between tensors that are alive within one layer
  /// Name of the variants to take wherever they fit, whatever they cost: "dsp".  Empty: the costs decide.
  std::string prefer = {};
  /// Memories for the arena, the fastest first: what is read and written oftenest, byte for byte, lies in the first one with
  /// room.  An input counts once for each of its layer's MACs, all else once for each byte.  Empty: one arena without limit.
  struct MemoryLimit {
    std::string name;  ///< a C identifier: "dtcm"
    std::size_t bytes = 0;
  };
  std::vector<MemoryLimit> memories = {};
};

Result<Plan> make_plan(const Module& module, const Target& target, const PlanOptions& options);
/// What `sim` follows: reference variants on canonical weights, every tensor materialised, no target.
Result<Plan> make_reference_plan(const Module& module);

/// All calls, in order of the text: bodies of control flow once.
std::vector<const Call*> calls_of(const Plan& plan);

/// Address of a tensor while it is alive, or null when it is not materialised.
const Buffer* buffer_of(const Plan& plan, TensorId tensor);

}  // namespace mote
