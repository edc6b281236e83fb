// squared_difference: the square of the element-wise difference of two tensors, with broadcasting.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

/// The ratio of the output is made of a float32 product and doubles, as in TFLM.
Result<RescaledPairParams> rescaled(const NodeRef& ref) {
  MOTE_TRY_VOID(check_pair_quant(ref));
  MOTE_TRY_VOID(check_s16_symmetric(ref));
  MOTE_TRY(RescaledPairParams p, pair_params<RescaledPairParams>(ref));
  const std::int32_t left_shift = ref.in(0).type.dtype == DType::S16 ? 0 : 7;
  const double twice_max = 2.0 * std::max(scale_of(ref.in(0)), scale_of(ref.in(1)));
  const float unit = static_cast<float>(1 << (2 * left_shift)) * ref.out(0).quant.scale[0];
  MOTE_TRY(const Requant in1, quantize_multiplier_below_one(scale_of(ref.in(0)) / twice_max));
  MOTE_TRY(const Requant in2, quantize_multiplier_below_one(scale_of(ref.in(1)) / twice_max));
  MOTE_TRY(const Requant out, quantize_multiplier(twice_max * twice_max / static_cast<double>(unit)));
  put_inputs(p, ref, left_shift, in1, in2);
  p.in2_sign = 1;
  p.out_zero_point = ref.out(0).quant.zero_point[0];
  p.out_multiplier = out.multiplier;
  p.out_shift = out.shift;
  put_range(p, activation_range(Activation::None, ref.out(0)));
  return p;
}

constexpr Pair kPair{.op = "squared_difference",
                     .foreign = "SQUARED_DIFFERENCE",
                     .doc = "Element-wise (x1 - x2)^2.  In s32 it wraps around.",
                     .x1 = "any shape; f32, s8, s16 or s32",
                     .infer = infer_pair_of<DType::F32, DType::S8, DType::S16, DType::S32>,
                     .verify = verify_pair,
                     .lower =
                         [](const NodeRef& ref) {
                           const std::string kernel = kernel_of("squared_difference", ref);
                           if (is_quantized_type(ref.in(0).type.dtype))
                             return pair_call(kernel, ref, rescaled(ref));
                           return pair_call(kernel, ref, pair_params<PlainPairParams>(ref));
                         },
                     .quant = &kPairQuant};
}  // namespace

MOTE_OP(nn_squared_difference) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
