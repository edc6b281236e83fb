// What relu and relu6 share: requantize from the input's scale to the output's, then clamp.
#pragma once

#include "mote/nn/elementwise/elementwise.h"
#include "ops/nn/lowering.h"
#include "ops/nn/tflite.h"

namespace mote::nn {

inline Result<void> check_relu_quant(const NodeRef& ref) {
  MOTE_TRY_VOID(check_activation_quant("x", ref.in(0)));
  return check_activation_quant("output", ref.out(0));
}

inline Result<void> verify_relu(const NodeRef& ref, Stage stage) {
  return has_quant_to_check(ref, stage) ? check_relu_quant(ref) : Result<void>{};
}

inline Result<std::vector<KernelCall>> lower_relu(const NodeRef& ref, Activation activation) {
  const auto count = static_cast<std::int32_t>(ref.out(0).type.count());
  if (ref.in(0).type.dtype == DType::F32) {
    const FloatRange range = float_range(activation);
    ClampF32Params p{};
    p.count = count;
    p.min = range.min;
    p.max = range.max;
    return one_call(call_of("clamp_f32", p, {in_arg(ref, 0), out_arg(ref)}));
  }
  MOTE_TRY_VOID(check_relu_quant(ref));
  MOTE_TRY(const Requant requant, quantize_multiplier(static_cast<double>(ref.in(0).quant.scale[0]) /
                                                      static_cast<double>(ref.out(0).quant.scale[0])));
  ReluS8Params p{};
  p.count = count;
  put_s8(p, ref);
  p.multiplier = requant.multiplier;
  p.shift = requant.shift;
  put_range(p, activation_range(activation, ref.out(0)));
  return one_call(call_of("relu_s8", p, {in_arg(ref, 0), out_arg(ref)}));
}

inline Result<void> read_relu(const ForeignNode& foreign, Graph& graph, const std::string& op) {
  MOTE_TRY_VOID(check_counts(foreign, 1, 1));
  return append_read(foreign, op, {}, graph);
}

}  // namespace mote::nn
