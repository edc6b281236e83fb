// What the training rules of element-wise ops of two inputs share: broadcasting forward, sums of gradients backward.
#pragma once

#include <vector>

#include "ops/nn/broadcast.h"
#include "ops/nn/training.h"

namespace mote::nn {

/// The input's element behind each of the output's, of one sample; empty: they are the same.
inline std::vector<std::size_t> broadcast_elements(const NodeRef& ref, int input) {
  if (ref.in(input).type.count() == ref.out(0).type.count()) return {};
  const auto loops = broadcast_loops(ref.out(0).type.shape, {ref.in(input).type.shape});
  MOTE_CHECK(loops.has_value(), "training a node that was never inferred");
  std::vector<std::size_t> elements{0};
  for (std::size_t loop = 0; loop < kLoops; ++loop) {
    std::vector<std::size_t> inner;
    for (const std::size_t element : elements) {
      for (std::int32_t i = 0; i < loops->extent[loop]; ++i)
        inner.push_back(element + static_cast<std::size_t>(i * loops->step[0][loop]));
    }
    elements = std::move(inner);
  }
  return elements;
}

/// Calls visit(element of x1, of x2, of y) for each element of the batch; a constant is the same for all samples.
template <class Visit>
void for_pairs(const TrainCall& call, const Visit& visit) {
  const auto first = broadcast_elements(call.node, 0), second = broadcast_elements(call.node, 1);
  const auto count = static_cast<std::size_t>(call.node.out(0).type.count());
  const auto step = [&](int input) {
    const Tensor& tensor = call.node.in(input);
    return tensor.is_constant() ? std::size_t{0} : static_cast<std::size_t>(tensor.type.count());
  };
  const std::size_t step1 = step(0), step2 = step(1);
  for (std::size_t n = 0; n < static_cast<std::size_t>(call.batch); ++n)
    for (std::size_t i = 0; i < count; ++i)
      visit(n * step1 + (first.empty() ? i : first[i]), n * step2 + (second.empty() ? i : second[i]),
            n * count + i);
}

/// y = value(x1, x2), then the fused activation.
template <float (*value)(float, float)>
void train_pair_forward(const TrainCall& call) {
  const float *a = call.in[0], *b = call.in[1];
  float* out = call.out[0];
  for_pairs(call, [&](std::size_t i, std::size_t j, std::size_t o) { out[o] = value(a[i], b[j]); });
  apply_activation(call);
}

/// slope1 and slope2: ∂y/∂x1 and ∂y/∂x2 from (x1, x2).
template <float (*slope1)(float, float), float (*slope2)(float, float)>
void train_pair_backward(const TrainCall& call) {
  const float *gradient = before_activation(call), *a = call.in[0], *b = call.in[1];
  for (int input = 0; input < 2; ++input) {
    float* to = call.grad_in[static_cast<std::size_t>(input)];
    const Tensor& tensor = call.node.in(input);
    if (to != nullptr && !tensor.is_constant()) std::fill_n(to, batch_count(tensor, call.batch), 0.0f);
  }
  float *to1 = call.grad_in[0], *to2 = call.grad_in[1];
  for_pairs(call, [&](std::size_t i, std::size_t j, std::size_t o) {
    if (to1 != nullptr) to1[i] += gradient[o] * slope1(a[i], b[j]);
    if (to2 != nullptr) to2[j] += gradient[o] * slope2(a[i], b[j]);
  });
}

}  // namespace mote::nn
