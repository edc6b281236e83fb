// depthwise_conv2d_s8, direct: what the host knows of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_direct.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_direct.h"
#include "kernels/counts.h"
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
  const kernels::WindowCount at = kernels::count_windows(p, p.dilation_h, p.dilation_w);
  const double fours = p.depth_multiplier == 1 ? p.out_c / 4 : 0, rest = p.out_c - 4 * fours;
  const double freed = p.in_zero_point == 0 || never_clips(p) ? 0 : 1;
  kernels::Count count(target);
  count.add(fours * at.taps, {37.87, 16.77, 16.11, 16.08, 19.93});                   // four products
  count.add(freed * fours * at.taps, {0, 6.32, 5.99, 5.94, 7.17});                   // freed
  count.add(rest * at.taps, {16.64, 9.34, 9.56, 9.94, 10.66});                       // product
  count.add(rest * at.rows, {5.02, 0.73, 0, 0, 0});                                  // row
  count.add(fours * at.pixels, {332.67, 128.27, 166.88, 184.54, 92.01});             // four
  count.add(p.out_c * at.pixels, {26.13, 14.74, 8.65, 5.55, 19.43});                 // output
  count.add(p.out_c * at.pixels * kernels::limited(p), {0, 0.1, 0.31, 0.51, 0.11});  // limited output
  return count.cost({.alu = 4, .mul = 1, .load = 2.4, .store = 0.1, .branch = 0.5}, 940);
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
