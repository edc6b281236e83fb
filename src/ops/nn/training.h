// What the training rules (GradRule) of the layers share: geometry for the float kernels of math/nn.h, parts of
// chains (math/layers.h), and fused activations. Training graphs usually have their ReLU as a node of its own; a fused one trains as
// well, at the cost of one more buffer.
#pragma once

#include "math/layers.h"
#include "math/nn.h"
#include "ops/nn/activation.h"
#include "ops/nn/window.h"

namespace mote::nn {

/// Elements of a whole batch.
inline std::size_t batch_count(const Tensor& tensor, int batch) {
  return static_cast<std::size_t>(tensor.type.count()) * static_cast<std::size_t>(batch);
}

/// Input `i` if the node has it, else null.
inline const float* given(const TrainCall& call, std::size_t i) {
  return i < call.in.size() ? call.in[i] : nullptr;
}
inline float* wanted(const TrainCall& call, std::size_t i) {
  return i < call.grad_in.size() ? call.grad_in[i] : nullptr;
}

inline learn::Window training_window(const NodeRef& ref, int batch, const Window& window) {
  const Shape &in = ref.in(0).type.shape, &out = ref.out(0).type.shape;
  return {batch * in[0],     window.h.in,     window.w.in,     in[3],
          window.h.out,      window.w.out,    out[3],          window.h.kernel,
          window.w.kernel,   window.h.stride, window.w.stride, window.h.dilation,
          window.w.dilation, window.h.pad,    window.w.pad};
}

inline learn::Window training_window(const TrainCall& call, const Window& window) {
  return training_window(call.node, call.batch, window);
}

/// A convolution as part of a chain: without an activation of its own, one sample at a time.
inline learn::Part convolution_part(const NodeRef& ref, learn::Part::Kind kind, const Window& window) {
  if (activation_of(ref) != Activation::None || ref.in(0).type.shape[0] != 1) return {};
  return {.kind = kind, .window = training_window(ref, 1, window)};
}

/// saved: room for the gradient before the fused activation, if there is one.
inline std::size_t saved_for_activation(const NodeRef& ref, int batch) {
  return activation_of(ref) == Activation::None ? 0 : batch_count(ref.out(0), batch);
}

inline void apply_activation(const TrainCall& call) {
  const Activation activation = activation_of(call.node);
  if (activation == Activation::None) return;
  const FloatRange range = float_range(activation);
  learn::clamp(batch_count(call.node.out(0), call.batch), range.min, range.max, call.out[0], call.out[0]);
}

/// The output's gradient as it is before the fused activation.
inline const float* before_activation(const TrainCall& call) {
  const Activation activation = activation_of(call.node);
  if (activation == Activation::None) return call.grad_out[0];
  const FloatRange range = float_range(activation);
  learn::clamp_gradient(batch_count(call.node.out(0), call.batch), range.min, range.max, call.out[0],
                        call.grad_out[0], call.saved);
  return call.saved;
}

}  // namespace mote::nn
