// Runs a float module over calibration samples and notes what values each tensor takes.
// Second file of the room to read, after range.h; quantize.cpp uses it.
#pragma once

#include <vector>

#include "shrink/quantize.h"
#include "shrink/range.h"
#include "sim/sim.h"

namespace mote {

/// Samples are dealt to this many fixed pieces, each with its own Sim, so that results do not depend on threads.
inline constexpr int kPieces = 16;
struct Piece {
  std::size_t begin = 0, end = 0;  ///< samples
};
std::vector<Piece> pieces_of(std::size_t samples);

/// A tensor that `to_reals` can read: f32, or s8 with a scale.
bool holds_reals(const Tensor& tensor);

/// Every model input has as many samples as the others, at least one, each as long as the tensor and finite.
Result<void> check_calibration(const Module& module, const CalibrationInputs& inputs);

/// The bytes of all model inputs for one sample.
std::vector<Bytes> input_bytes(const Module& module, const CalibrationInputs& inputs, std::size_t sample);
/// Resets `sim` and runs one inference on them.
void run_sample(Sim& sim, const std::vector<Bytes>& sample, const Sim::OnTensor& on_tensor);

/// By TensorId of the main graph.  An error names the layer whose output is not finite and the sample.
Result<std::vector<Observation>> observe(const Module& module, const CalibrationInputs& inputs,
                                         bool histograms);

}  // namespace mote
