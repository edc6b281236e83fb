// SQNR layer by layer: the float module and its int8 twin run beside each other on the same inputs.
// SQNR = 10·log10( Σ f² / Σ (f − dequantized q)² ) over all values of a layer's first output, all samples.
#include <algorithm>
#include <cmath>
#include <map>

#include "base/system.h"
#include "shrink/observe.h"
#include "shrink/quantize.h"

namespace mote {
namespace {

// An int8 output that equals its float twin has no noise: this stands for infinity, so that reports stay finite.
constexpr double kNoNoiseDb = 200;

struct Layer {
  const Node* node = nullptr;
  TensorId reference = kNoTensor, quantized = kNoTensor;
};

struct Sums {
  double signal = 0, noise = 0, min = INFINITY, max = -INFINITY;
  bool seen = false;
};

/// Layers that both modules have, in the order of the reference; those with a float output there.
std::vector<Layer> matching_layers(const Graph& reference, const Graph& quantized) {
  std::map<std::string, const Node*> by_name;
  for (const Node& node : quantized.nodes) by_name[node.name] = &node;
  std::vector<Layer> layers;
  for (const Node& node : reference.nodes) {
    const auto twin = by_name.find(node.name);
    if (twin == by_name.end() || node.outputs.empty() || twin->second->outputs.empty()) continue;
    const Tensor& out = reference.tensor(node.outputs.front());
    const Tensor& twin_out = quantized.tensor(twin->second->outputs.front());
    if (out.type.dtype != DType::F32 || out.type.shape != twin_out.type.shape) continue;
    layers.push_back({&node, node.outputs.front(), twin->second->outputs.front()});
  }
  return layers;
}

using Values = std::map<TensorId, std::vector<float>>;

/// Real values of every tensor that one inference writes.
Values run_and_keep(Sim& sim, const Module& module, const CalibrationInputs& inputs, std::size_t sample) {
  Values values;
  run_sample(sim, input_bytes(module, inputs, sample), [&](TensorId id, std::span<const std::uint8_t> bytes) {
    const Tensor& tensor = module.main().tensor(id);
    if (holds_reals(tensor)) values[id] = to_reals(tensor, bytes);
  });
  return values;
}

void add_sample(const std::vector<float>& reference, const std::vector<float>& quantized, Sums& sums) {
  sums.seen = true;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double f = static_cast<double>(reference[i]);
    const double difference = f - static_cast<double>(quantized[i]);
    sums.signal += f * f;
    sums.noise += difference * difference;
    sums.min = std::min(sums.min, f);
    sums.max = std::max(sums.max, f);
  }
}

double decibels(const Sums& sums) {
  if (sums.noise <= 0) return kNoNoiseDb;
  if (sums.signal <= 0) return -kNoNoiseDb;
  return std::clamp(10 * std::log10(sums.signal / sums.noise), -kNoNoiseDb, kNoNoiseDb);
}

}  // namespace

Result<std::vector<LayerSqnr>> compare_layers(const Module& reference, const Module& quantized,
                                              const CalibrationInputs& inputs) {
  MOTE_TRY_VOID(check_calibration(reference, inputs));
  MOTE_TRY_VOID(check_calibration(quantized, inputs));
  const std::vector<Layer> layers = matching_layers(reference.main(), quantized.main());
  const std::vector<Piece> pieces = pieces_of(inputs.front().size());
  std::vector<Sim> reference_sims, quantized_sims;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    MOTE_TRY(Sim reference_sim, Sim::make(reference));
    MOTE_TRY(Sim quantized_sim, Sim::make(quantized));
    reference_sims.push_back(std::move(reference_sim));
    quantized_sims.push_back(std::move(quantized_sim));
  }

  std::vector<std::vector<Sums>> parts(pieces.size(), std::vector<Sums>(layers.size()));
  parallel_for(static_cast<int>(pieces.size()), [&](int i) {
    const auto p = static_cast<std::size_t>(i);
    for (std::size_t sample = pieces[p].begin; sample < pieces[p].end; ++sample) {
      const Values expected = run_and_keep(reference_sims[p], reference, inputs, sample);
      const Values got = run_and_keep(quantized_sims[p], quantized, inputs, sample);
      for (std::size_t l = 0; l < layers.size(); ++l) {
        const auto f = expected.find(layers[l].reference);
        const auto q = got.find(layers[l].quantized);
        if (f != expected.end() && q != got.end()) add_sample(f->second, q->second, parts[p][l]);
      }
    }
  });

  std::vector<LayerSqnr> figures;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    Sums all;
    for (const std::vector<Sums>& part : parts) {
      if (!part[l].seen) continue;
      all.seen = true;
      all.signal += part[l].signal;
      all.noise += part[l].noise;
      all.min = std::min(all.min, part[l].min);
      all.max = std::max(all.max, part[l].max);
    }
    if (!all.seen)
      continue;  // a view (reshape): its bytes are its input's, and not every plan writes them again
    const Quant& quant = quantized.main().tensor(layers[l].quantized).quant;
    figures.push_back({layers[l].node->name, layers[l].node->op, decibels(all), all.min, all.max,
                       quant ? quant.scale.front() : 0.0f, quant ? quant.zero_point.front() : 0});
  }
  return figures;
}

}  // namespace mote
