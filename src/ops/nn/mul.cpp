// mul: the element-wise product of two tensors, with broadcasting and fused activation.
#include "ops/nn/binary.h"
#include "ops/nn/pair_training.h"

namespace {
using namespace mote;
using namespace mote::nn;

Result<ScaledPairParams> scaled(const NodeRef& ref) {
  MOTE_TRY_VOID(check_pair_quant(ref));
  MOTE_TRY_VOID(check_s16_symmetric(ref));
  return scaled_pair(ref, scale_of(ref.in(0)) * scale_of(ref.in(1)) / scale_of(ref.out(0)));
}

float product(float a, float b) { return a * b; }
float left(float a, float) { return a; }
float right(float, float b) { return b; }
constexpr GradRule kGrad{saved_for_activation, train_pair_forward<product>, train_pair_backward<right, left>};

constexpr Pair kPair{.op = "mul",
                     .foreign = "MUL",
                     .doc = "Element-wise product: y = activation(x1 * x2).  In s32 it wraps around.",
                     .x1 = "any shape; f32, s8, s16 or s32",
                     .infer = infer_pair_of<DType::F32, DType::S8, DType::S16, DType::S32>,
                     .verify = verify_pair,
                     .lower = [](const NodeRef& ref) { return lower_arithmetic("mul", ref, scaled); },
                     .activated = true,
                     .write = write_activated_pair,
                     .quant = &kPairQuant,
                     .grad = &kGrad};
}  // namespace

MOTE_OP(nn_mul) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
