// conv2d_s8, reference: what the host knows of device/mote/nn/conv2d/conv2d_s8.h.
#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/variant.h"
#include "mote/nn/conv2d/conv2d_s8.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  const double taps = outputs * p.kernel_h * p.kernel_w;
  const kernels::Mix product{.alu = 2, .mul = 1, .load = 2, .branch = 1};
  const kernels::Mix tap{.alu = 7, .branch = 2};  // addresses and bounds tests
  return kernels::cost_of(taps * p.in_c * product + taps * tap + outputs * kernels::kRequantizedOutput, 370,
                          target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "conv2d_s8",
                                     .name = "reference",
                                     .header = "mote/nn/conv2d/conv2d_s8.h",
                                     .function = "conv2d_s8",
                                     .facts = kernels::conv2d_s8_facts,
                                     .overlap = kernels::conv2d_s8_overlap,
                                     .rows = kernels::conv2d_s8_rows,
                                     .band = kernels::conv2d_s8_band,
                                     .cost = cost,
                                     .run = kernels::run_of<conv2d_s8>};
  return variant;
}
