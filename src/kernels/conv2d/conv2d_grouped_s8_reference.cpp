// conv2d_grouped_s8, reference: what the host knows of device/mote/nn/conv2d/conv2d_grouped_s8.h.
#include "mote/nn/conv2d/conv2d_grouped_s8.h"

#include "kernels/variant.h"
#include "kernels/window.h"

namespace mote {
namespace {

/// Each output channel of a pixel reads channels of the whole window.
Overlap overlap(const KernelCall& call) {
  const auto p = from_block<Conv2dGroupedS8Params>(call.params);
  return {0, 5, kernels::window_distance(p, p.in_c, p.out_c, kernels::PixelOrder::WholePixel, 1),
          Overlap::Direction::Forward};
}

RowSpan rows(const KernelCall& call, RowSpan out) {
  const auto p = from_block<Conv2dGroupedS8Params>(call.params);
  return kernels::window_rows(p, p.dilation_h, out);
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dGroupedS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  const double taps = outputs * p.kernel_h * p.kernel_w;
  const kernels::Mix product{.alu = 2, .mul = 1, .load = 2, .branch = 1};
  const kernels::Mix tap{.alu = 7, .branch = 2};  // addresses and bounds tests
  const kernels::Mix output = kernels::kRequantizedOutput;
  return kernels::cost_of(taps * (p.in_c / p.groups) * product + taps * tap + outputs * output, 400, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(conv2d_conv2d_grouped_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "conv2d_grouped_s8",
                                     .name = "reference",
                                     .header = "mote/nn/conv2d/conv2d_grouped_s8.h",
                                     .function = "conv2d_grouped_s8",
                                     .overlap = overlap,
                                     .rows = rows,
                                     .cost = cost,
                                     .run = kernels::run_of<conv2d_grouped_s8>};
  return variant;
}
