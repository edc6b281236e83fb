// Proof: a model is planned, printed, built and run on a target, and every byte of its answers is compared with the host's.
// What `mote run` and `mote bench` do, and the last part of `mote flow`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulate/emulate.h"
#include "graph/graph.h"
#include "plan/plan.h"
#include "targets/target.h"

namespace mote {

/// Input bytes of several inferences: cases × all model inputs, one after the other.
struct Cases {
  std::uint32_t count = 0;
  Bytes bytes;
};

/// One line of a hashes file: FNV-1a-64 of a tensor (by its index in the imported file) in one case.
struct TensorHash {
  std::uint32_t input = 0;
  std::int32_t tensor = 0;
  std::uint64_t hash = 0;
};

struct DeviceRunOptions {
  PlanOptions plan;
  std::string prefix = "model";
  bool sequence = false;
  double tolerance = 0;            ///< relative, of float outputs; 0: byte for byte
  bool measure = true;             ///< sizes and instructions by layer, too
  bool speed = false;              ///< inferences a second, too, where the target is this machine
  std::optional<Bytes> golden;     ///< cases × all outputs that host and device are held against
  std::vector<TensorHash> hashes;  ///< of intermediate tensors
};

struct LayerFigures {
  std::string name, op, variant, output;  ///< output: "s8[1,25,5,64]"
  std::int64_t macs = 0;
  std::optional<double> instructions, cycles, cycles_estimated;
};

struct DeviceRun {
  std::string target, optimize;
  std::int64_t macs = 0;
  std::uint32_t samples = 0;
  std::uint64_t compared_bytes = 0, mismatched_bytes = 0;  ///< device beside host
  /// Every tensor that the plan materialises, over `layer_samples`
  std::uint64_t layer_bytes = 0, layer_mismatches = 0;
  std::uint32_t layer_samples = 0;
  /// Compared; differing on host, on the device
  std::uint64_t golden_bytes = 0, golden_host = 0, golden_device = 0;
  std::uint64_t hashes_compared = 0, hashes_host = 0, hashes_device = 0;
  std::string first_mismatch;  ///< where the first difference arises; empty: nowhere
  bool weights_intact = true;
  std::optional<double> instructions, cycles, cycles_estimated;  ///< cycles: true ones, where they are known
  std::vector<double> per_second;  ///< inferences by the wall clock on 1, 2 threads; empty: not measured
  std::optional<ImageSize> size;
  std::size_t arena_bytes = 0, arena_lower_bound = 0;
  bool arena_optimal = false;  ///< proved: no placement of the plan's buffers needs less
  int peak_step = 0;
  std::vector<std::string> steps;  ///< of the plan: the layer each call belongs to
  std::optional<std::uint32_t> stack;
  std::vector<LayerFigures> layers;
  std::vector<Buffer> buffers;  ///< of the plan, for the arena map
  std::string model_hash;
  std::size_t weights_bytes = 0, requant_bytes = 0;
  Bytes outputs;  ///< the device's: cases × all outputs
  double seconds_compile = 0, seconds_run = 0;

  bool matches() const {
    return mismatched_bytes == 0 && layer_mismatches == 0 && golden_host == 0 && golden_device == 0 &&
           hashes_host == 0 && hashes_device == 0 && weights_intact;
  }
};

Result<DeviceRun> run_on_device(const Module& module, const Target& target, const Cases& cases,
                                const DeviceRunOptions& options);

/// The same with a firmware that is already built (and perhaps corrupted): its answers beside the host's.
Result<DeviceRun> compare_with_host(const Module& module, const Program& program, const Firmware& firmware,
                                    const Cases& cases, const DeviceRunOptions& options);

/// Whether what is known before anything is built, arena and constants, fits the board: an error with the numbers.
Result<void> check_memories_ahead(const Target& target, const Program& program);

/// What the generated header says of stack, flash and instructions: figures and how they were measured.
std::vector<std::string> measured_lines(const Target& target, const DeviceRun& run);

/// Bytes of one case's inputs and outputs.
std::size_t input_bytes(const Module& module);
std::size_t output_bytes(const Module& module);

}  // namespace mote
