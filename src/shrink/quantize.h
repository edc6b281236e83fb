// Post-training quantization to int8 after TFLite's 8-bit quantization specification: activations per tensor
// and asymmetric, weights per output channel and symmetric (fully connected: per tensor), biases int32.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace mote {

/// Real inputs to observe the float network with: [input][sample] → values.
using CalibrationInputs = std::vector<std::vector<std::vector<float>>>;

struct QuantizeOptions {
  std::string calibration = "minmax";  ///< minmax | percentile | mse
  double percentile = 99.99;           ///< of |activation|, two-sided
  double headroom =
      0;  ///< ranges of activations grow by this share of their width on each side that is not 0
};

/// Signal-to-quantization-noise ratio of one layer's output: int8 beside float, over the calibration samples.
struct LayerSqnr {
  std::string layer, op;
  double sqnr_db = 0;
  double float_min = 0, float_max = 0;  ///< observed
  float scale = 0;
  std::int32_t zero_point = 0;
};

struct Quantized {
  Module module;
  std::vector<LayerSqnr> layers;
};

/// `module` is float and Canonical (batch norm folded, activations fused).
Result<Quantized> quantize(const Module& module, const CalibrationInputs& inputs,
                           const QuantizeOptions& options);

/// The figures of `layers` for any pair of float module and its quantized twin (same node names).
Result<std::vector<LayerSqnr>> compare_layers(const Module& reference, const Module& quantized,
                                              const CalibrationInputs& inputs);

}  // namespace mote
