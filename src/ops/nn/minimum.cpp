// minimum: the smaller of each two elements, with broadcasting.
#include "ops/nn/binary.h"

namespace {
using namespace mote;
using namespace mote::nn;

constexpr Pair kPair{.op = "minimum",
                     .foreign = "MINIMUM",
                     .doc =
                         "The smaller of each two elements.  Integers are compared as they are: inputs and "
                         "output share their scale.",
                     .x1 = "any shape; f32, s8, s16, s32 or s64",
                     .infer = infer_pair_of<DType::F32, DType::S8, DType::S16, DType::S32, DType::S64>,
                     .lower = [](const NodeRef& ref) { return lower_extremum(ref, 0); },
                     .quant = &kPairSameScale};
}  // namespace

MOTE_OP(nn_minimum) {
  static const OpDef op = pair_op<kPair>();
  return op;
}
