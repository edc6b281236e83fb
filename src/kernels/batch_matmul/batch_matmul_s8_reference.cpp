// batch_matmul_s8, reference: what the host knows of device/mote/nn/batch_matmul/batch_matmul_int.h.
#include "mote/nn/batch_matmul/batch_matmul_int.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<BatchMatmulIntParams>(call.params);
  const double outputs = 1.0 * p.batch0 * p.batch1 * p.batch2 * p.rows * p.columns;
  const kernels::Mix product{.alu = 2, .mul = 1, .load = 2, .branch = 1};
  const kernels::Mix output = kernels::kRequantizedOutput;
  return kernels::cost_of(outputs * p.depth * product + outputs * output, 340, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(batch_matmul_batch_matmul_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "batch_matmul_s8",
                                     .name = "reference",
                                     .header = "mote/nn/batch_matmul/batch_matmul_int.h",
                                     .function = "batch_matmul_s8",

                                     .cost = cost,
                                     .run = kernels::run_of<batch_matmul_s8>};
  return variant;
}
