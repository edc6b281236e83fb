// What the fuzzers of .tflite do with any bytes: an error with words, or a module that verifies, prints, can be planned and
// written again; small ones are executed, so that what ops promise to their kernels is tried, too.
#pragma once

#include <algorithm>

#include "export/export.h"
#include "graph/op.h"
#include "import/import.h"
#include "sim/sim.h"
#include "targets/target.h"

namespace mote::fuzz {

/// Small enough to be executed at once: a bound on its elements, MACs and windows.  Loops may go on forever.
inline bool is_small(const Module& module) {
  constexpr std::int64_t most = 1 << 18;
  std::int64_t work = 0;
  for (const StateVar& state : module.states) work += state.type.count();
  for (const Graph& graph : module.graphs) {
    for (const Tensor& tensor : graph.tensors) work += tensor.type.count();
    if (work > most) return false;
    for (const Node& node : graph.nodes) {
      if (node.op == "while") return false;
      const NodeRef ref{graph, node};
      const OpDef& op = op_of(node);
      work += 16 + (op.work == nullptr ? 0 : std::min(most, op.work(ref).macs));
      std::int64_t window = 1;
      if (const auto kernel = node.attributes.find("kernel"); kernel != node.attributes.end()) {
        if (const auto* extents = std::get_if<std::vector<std::int64_t>>(&kernel->second)) {
          for (const std::int64_t extent : *extents) window *= std::clamp<std::int64_t>(extent, 1, most);
        }
      }
      for (const TensorId id : node.outputs)
        work += std::min(most, graph.tensor(id).type.count()) * std::min(most, window);
      if (work > most) return false;
    }
  }
  return true;
}

inline void execute(const Module& module, std::span<const std::uint8_t> pattern) {
  auto sim = Sim::make(module);
  MOTE_CHECK(sim.has_value(), "a deployable module that cannot be simulated");
  std::vector<Bytes> inputs;
  std::size_t at = 0;
  for (const GraphInput& input : module.main().inputs) {
    const TensorType& type = module.main().tensor(input.tensor).type;
    Bytes bytes(type.bytes());
    for (std::uint8_t& byte : bytes) byte = pattern[at++ % pattern.size()];
    if (type.dtype == DType::Bool) {  // the API takes 0 and 1
      for (std::uint8_t& byte : bytes) byte &= 1;
    }
    inputs.push_back(std::move(bytes));
  }
  const std::vector<std::span<const std::uint8_t>> spans(inputs.begin(), inputs.end());
  for (int i = 0; i < 2; ++i) sim->invoke(spans);
}

/// Whether they could be read.
inline bool try_tflite(std::span<const std::uint8_t> bytes) {
  const auto module = import_tflite(bytes, "fuzz.tflite");
  if (!module) {
    MOTE_CHECK(!module.error().message.empty(), "an error without words");
    return false;
  }
  MOTE_CHECK(verify(*module, Stage::Imported).has_value(), "an imported module does not verify");
  (void)to_text(*module);
  const auto file = export_tflite(*module);
  if (file) {
    const auto again = import_tflite(*file, "again.tflite");
    MOTE_CHECK(again.has_value(),
               text::cat("what was written cannot be read: ", again.error().message).c_str());
  }
  if (!verify(*module, Stage::Deployable)) return true;
  static const Target target = *find_target("cortex-m4");
  PlanOptions options;  // for RAM takes several times as long: one in eight
  if (text::fnv1a64(bytes) % 8 == 0) options.optimize = PlanOptions::Optimize::Ram;
  (void)make_plan(*module, target, options);
  if (is_small(*module) && make_reference_plan(*module)) execute(*module, bytes);
  return true;
}

}  // namespace mote::fuzz
