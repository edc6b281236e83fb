// Single layers on emulated devices, instructions counted variant by variant: what the cost functions of src/kernels are fitted to
// (bench/costs.cpp) and held against (costs_device_test.cpp).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/device_run.h"
#include "codegen/codegen.h"
#include "support/int8_layers.h"

namespace mote::testing {

/// One layer with one variant on one target.
struct LayerCount {
  const SingleLayer* layer = nullptr;
  const KernelVariant* variant = nullptr;
  double counted = 0, estimated = 0;  ///< instructions: under the emulator, by the variant's cost function
  double error() const { return estimated / counted - 1; }
};

/// Variants that the planner may take for the call on the target.
inline std::vector<const KernelVariant*> variants_for(const KernelCall& call, const Target& target) {
  const KernelVariant& reference = reference_of(call.kernel);
  const Facts facts = reference.facts ? reference.facts(call) : Facts{};
  std::vector<const KernelVariant*> found;
  for (const KernelVariant* variant : kernel_registry()) {
    if (variant->kernel != call.kernel || variant->cost == nullptr) continue;
    if (variant->needs != nullptr && !variant->needs(target.isa)) continue;
    if (variant->fits != nullptr && !variant->fits(call, facts)) continue;
    found.push_back(variant);
  }
  return found;
}

/// The layers side by side, each with inputs of its own.
inline Module side_by_side(const std::vector<const SingleLayer*>& layers) {
  Module module;
  module.graphs.push_back(Graph{"main", {}, {}, {}, {}});
  Graph& all = module.main();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Graph& one = layers[i]->graph;
    const auto first = static_cast<TensorId>(all.tensors.size());
    for (Tensor tensor : one.tensors) {
      tensor.name = text::cat("l", i, "_", tensor.name);
      all.tensors.push_back(std::move(tensor));
    }
    for (GraphInput input : one.inputs) {
      input.tensor += first;
      all.inputs.push_back(input);
    }
    Node node = one.nodes[0];
    node.name = text::cat("l", i);
    for (TensorId& id : node.inputs) id += id == kNoTensor ? 0 : first;
    for (TensorId& id : node.outputs) id += first;
    all.nodes.push_back(std::move(node));
    all.outputs.push_back(one.outputs[0] + first);
  }
  return module;
}

/// Instructions of each layer of the module as planned, on random inputs.
inline Result<std::vector<double>> count_layers(const Module& module, const Plan& plan,
                                                const Target& target) {
  MOTE_TRY(const Program program, make_program(module, plan, {}));
  MOTE_TRY(const Firmware firmware, Firmware::build(program, target));
  Random random(1);
  Bytes inputs(input_bytes(module));
  for (std::uint8_t& byte : inputs) byte = static_cast<std::uint8_t>(random.bits());
  RunOptions run;
  run.count_layers = true;
  MOTE_TRY(const RunOutput out, firmware.run(inputs, 1, run));
  if (out.layer_instructions.size() != program.layers.size())
    return error("the emulator did not count every layer");
  return out.layer_instructions;
}

/// Every layer with every variant that fits it, or with those named `only`: one firmware for each variant's name.
inline Result<std::vector<LayerCount>> count_variants(const std::vector<SingleLayer>& layers,
                                                      const Target& target, const std::string& only = {}) {
  std::map<std::string, std::vector<LayerCount>> by_variant;
  for (const SingleLayer& layer : layers) {
    for (const KernelVariant* variant : variants_for(layer.call, target)) {
      if (only.empty() || variant->name == only)
        by_variant[std::string(variant->name)].push_back(
            {&layer, variant, 0, variant->cost(layer.call, target).instructions});
    }
  }
  std::vector<LayerCount> all;
  for (auto& [name, counts] : by_variant) {
    std::vector<const SingleLayer*> own;
    for (const LayerCount& count : counts) own.push_back(count.layer);
    const Module module = side_by_side(own);
    PlanOptions options;
    options.prefer = name;
    MOTE_TRY(const Plan plan, make_plan(module, target, options));
    MOTE_TRY(const std::vector<double> instructions, count_layers(module, plan, target));
    MOTE_CHECK(instructions.size() == counts.size(), "a call a layer");
    for (std::size_t i = 0; i < counts.size(); ++i) {
      counts[i].counted = instructions[i];
      all.push_back(counts[i]);
    }
  }
  return all;
}

}  // namespace mote::testing
