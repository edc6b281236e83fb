// conv2d_s8, direct: what the host knows of device/mote/nn/conv2d/conv2d_s8_direct.h.
#include "mote/nn/conv2d/conv2d_s8_direct.h"
#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/fold.h"
#include "kernels/variant.h"

namespace mote {
namespace {

/// No window reaches over the image's edge.
bool never_clips(const Conv2dS8Params& p) {
  return p.pad_top == 0 && p.pad_left == 0 &&
         (p.out_h - 1) * p.stride_h + (p.kernel_h - 1) * p.dilation_h < p.in_h &&
         (p.out_w - 1) * p.stride_w + (p.kernel_w - 1) * p.dilation_w < p.in_w;
}

Packed pack(const KernelCall& call) {
  auto p = from_block<Conv2dS8Params>(call.params);
  Packed packed{call.params, call.args};
  if (!never_clips(p) || p.in_zero_point == 0) return packed;
  const auto folded =
      kernels::fold_zero_point(call, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputFirst);
  if (!folded) return packed;
  p.in_zero_point = 0;
  packed.params = to_block(p);
  packed.args[2] = *folded;
  return packed;
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  const double rows = outputs * p.kernel_h;
  const kernels::Mix product{
      .alu = 0.5, .mul = 1, .load = 1.25, .branch = 0.25};  // a quarter of four channels' turn
  const kernels::Mix row{.alu = 4, .load = 0.5, .branch = 0.5};
  const kernels::Mix output = kernels::kRequantizedOutput + kernels::Mix{.alu = 12, .load = 4, .store = 2};
  return kernels::cost_of(rows * p.kernel_w * p.in_c * product + rows * row + outputs * output, 900, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_direct) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "conv2d_s8",
                                     .name = "direct",
                                     .header = "mote/nn/conv2d/conv2d_s8_direct.h",
                                     .function = "conv2d_s8_direct",
                                     .pack = pack,
                                     .overlap = kernels::conv2d_s8_overlap,
                                     .rows = kernels::conv2d_s8_rows,
                                     .cost = cost,
                                     .run = kernels::run_of<conv2d_s8_direct>};
  return variant;
}
