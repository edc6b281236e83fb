// transpose_conv_s16_sum32, reference: what the host knows of device/mote/nn/transpose_conv/transpose_conv_s16.h.
#include "mote/nn/transpose_conv/transpose_conv_s16.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<TransposeConvS16Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  // An input pixel spreads over the kernel's footprint, part of which may be cut off.
  const double taps = 1.0 * p.batches * p.in_h * p.in_w * p.out_c * p.kernel_h * p.kernel_w;
  const kernels::Mix product{.alu = 2, .mul = 1, .load = 2, .branch = 1};
  const kernels::Mix tap{.alu = 8, .branch = 2};
  const kernels::Mix output = kernels::kRequantizedOutput;
  const kernels::Mix window{.alu = 12, .branch = 4, .divide = 4};  // which input pixels cover the output
  return kernels::cost_of(taps * p.in_c * product + taps * tap + outputs * (window + output), 460, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(transpose_conv_transpose_conv_s16_sum32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "transpose_conv_s16_sum32",
                                     .name = "reference",
                                     .header = "mote/nn/transpose_conv/transpose_conv_s16.h",
                                     .function = "transpose_conv_s16_sum32",
                                     .cost = cost,
                                     .run = kernels::run_of<transpose_conv_s16_sum32>};
  return variant;
}
