// batch_matmul_f32, reference: what the host knows of device/mote/nn/batch_matmul/batch_matmul_f32.h.
#include "mote/nn/batch_matmul/batch_matmul_f32.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<BatchMatmulF32Params>(call.params);
  const double outputs = 1.0 * p.batch0 * p.batch1 * p.batch2 * p.rows * p.columns;
  const kernels::Mix product{.alu = 1, .load = 2, .branch = 1, .floats = 2};
  const kernels::Mix output{.alu = 6, .load = 4, .store = 1, .branch = 3, .floats = 7};
  return kernels::cost_of(outputs * p.depth * product + outputs * output, 300, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(batch_matmul_batch_matmul_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "batch_matmul_f32",
                                     .name = "reference",
                                     .header = "mote/nn/batch_matmul/batch_matmul_f32.h",
                                     .function = "batch_matmul_f32",

                                     .cost = cost,
                                     .run = kernels::run_of<batch_matmul_f32>};
  return variant;
}
