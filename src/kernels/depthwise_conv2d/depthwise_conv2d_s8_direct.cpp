// depthwise_conv2d_s8, direct: what the host knows of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_direct.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_direct.h"
#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/fold.h"
#include "kernels/variant.h"

namespace mote {
namespace {

/// No window reaches over the image's edge.
bool never_clips(const DepthwiseConv2dS8Params& p) {
  return p.pad_top == 0 && p.pad_left == 0 &&
         (p.out_h - 1) * p.stride_h + (p.kernel_h - 1) * p.dilation_h < p.in_h &&
         (p.out_w - 1) * p.stride_w + (p.kernel_w - 1) * p.dilation_w < p.in_w;
}

Packed pack(const KernelCall& call) {
  auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  Packed packed{call.params, call.args};
  if (!never_clips(p) || p.in_zero_point == 0) return packed;
  const auto folded =
      kernels::fold_zero_point(call, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputLast);
  if (!folded) return packed;
  p.in_zero_point = 0;
  packed.params = to_block(p);
  packed.args[2] = *folded;
  return packed;
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  const double rows = outputs * p.kernel_h;
  const kernels::Mix four_channels{.alu = 1.75, .mul = 1, .load = 2, .branch = 0.25};
  const kernels::Mix one_channel{.alu = 4, .mul = 1, .load = 2, .branch = 1};
  const kernels::Mix product = p.depth_multiplier == 1 ? four_channels : one_channel;
  const kernels::Mix row =
      p.depth_multiplier == 1 ? kernels::Mix{.alu = 4} : kernels::Mix{.alu = 14, .branch = 1};
  return kernels::cost_of(rows * p.kernel_w * product + rows * row + outputs * kernels::kRequantizedOutput,
                          940, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_direct) {
  using namespace mote;
  static const KernelVariant variant{
      .kernel = "depthwise_conv2d_s8",
      .name = "direct",
      .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_direct.h",
      .function = "depthwise_conv2d_s8_direct",
      .pack = pack,
      .overlap = kernels::depthwise_conv2d_overlap<DepthwiseConv2dS8Params, 5, 1>,
      .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
      .cost = cost,
      .run = kernels::run_of<depthwise_conv2d_s8_direct>};
  return variant;
}
