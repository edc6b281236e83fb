// sub: the element-wise difference of two tensors, with broadcasting and fused activation.
#include "ops/nn/binary.h"
#include "ops/nn/pair_training.h"

namespace {
using namespace mote;
using namespace mote::nn;

float difference(float a, float b) { return a - b; }
float plus_one(float, float) { return 1; }
float minus_one(float, float) { return -1; }
constexpr GradRule kGrad{saved_for_activation, train_pair_forward<difference>,
                         train_pair_backward<plus_one, minus_one>};

constexpr Pair kPair{.op = "sub",
                     .foreign = "SUB",
                     .doc =
                         "Element-wise difference: y = activation(x1 - x2).  In s8 and s16 each input is "
                         "rescaled to the output's scale.  In s32 it wraps around.",
                     .x1 = "any shape; f32, s8, s16 or s32",
                     .infer = infer_pair_of<DType::F32, DType::S8, DType::S16, DType::S32>,
                     .verify = verify_pair,
                     .lower = [](const NodeRef& ref) { return lower_sum(ref, -1); },
                     .activated = true,
                     .write = write_sum,
                     .quant = &kPairQuant,
                     .grad = &kGrad};
}  // namespace

MOTE_OP(nn_sub) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
