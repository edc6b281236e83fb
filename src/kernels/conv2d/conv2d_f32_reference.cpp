// conv2d_f32, reference: what the host knows of device/mote/nn/conv2d/conv2d_f32.h.
#include "mote/nn/conv2d/conv2d_f32.h"

#include "kernels/variant.h"
#include "kernels/window.h"

namespace mote {
namespace {

/// Each output channel of a pixel reads the whole window.
Overlap overlap(const KernelCall& call) {
  const auto p = from_block<Conv2dF32Params>(call.params);
  return {0, 3, kernels::window_distance(p, p.in_c, p.out_c, kernels::PixelOrder::WholePixel, 4),
          Overlap::Direction::Forward};
}

RowSpan rows(const KernelCall& call, RowSpan out) {
  const auto p = from_block<Conv2dF32Params>(call.params);
  return kernels::window_rows(p, p.dilation_h, out);
}

KernelCall band(const KernelCall& call, RowSpan out, std::int32_t) {
  return kernels::window_band<Conv2dF32Params>(call, from_block<Conv2dF32Params>(call.params).dilation_h,
                                               out);
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dF32Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  const double taps = outputs * p.kernel_h * p.kernel_w;
  const kernels::Mix product{.alu = 1, .load = 2, .branch = 1, .floats = 2};
  const kernels::Mix tap{.alu = 7, .branch = 2};  // addresses and bounds tests
  const kernels::Mix output{.alu = 6, .load = 4, .store = 1, .branch = 3, .floats = 7};
  return kernels::cost_of(taps * p.in_c * product + taps * tap + outputs * output, 320, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(conv2d_conv2d_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "conv2d_f32",
                                     .name = "reference",
                                     .header = "mote/nn/conv2d/conv2d_f32.h",
                                     .function = "conv2d_f32",
                                     .overlap = overlap,
                                     .rows = rows,
                                     .band = band,
                                     .cost = cost,
                                     .run = kernels::run_of<conv2d_f32>};
  return variant;
}
