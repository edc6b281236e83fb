// depthwise_conv2d_s8, direct: what the host knows of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_direct.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_direct.h"
#include "kernels/counts.h"
#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/fold.h"
#include "kernels/variant.h"

namespace mote {
namespace {

Packed pack(const KernelCall& call) {
  auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  Packed packed{call.params, call.args};
  if (!kernels::never_clips(p) || p.in_zero_point == 0) return packed;
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
  const double freed = p.in_zero_point == 0 || kernels::never_clips(p) ? 0 : 1;
  kernels::Count count(target);
  count.add(fours * at.taps, {33.42, 14.09, 14.52, 13.81, 16.4});                        // four products
  count.add(freed * fours * at.taps, {0, 6.42, 5.56, 5.8, 7.31});                        // freed
  count.add(rest * at.taps, {14.84, 10.42, 10.88, 11.07, 11.61});                        // product
  count.add(p.kernel_w > 1 ? fours * at.rows : 0, {16.35, 14.67, 14.08, 16.43, 17.37});  // four rows
  count.add(p.kernel_w == 1 ? fours * at.rows : 0, {0, 0, 0.57, 1.28, 0.73});  // four rows of one tap
  count.add(rest * at.rows, {8.29, 0.35, 0, 0, 0.47});                         // row
  count.add(fours * at.pixels, {355.61, 134.38, 116.66, 120.25, 117.74});      // four
  count.add(at.clips_rows || at.clips_columns ? fours * at.pixels : 0,
            {0, 0, 10.89, 6.83, 0});                                               // clipped four
  count.add(p.out_c * at.pixels, {20.85, 8.85, 12.6, 13.51, 9.19});                // output
  count.add(p.out_c * at.pixels * kernels::limited(p), {0.93, 0, 0.43, 0.17, 0});  // limited output
  count.add(at.pixels, {0, 0, 0.72, 0, 0});                                        // pixel
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
