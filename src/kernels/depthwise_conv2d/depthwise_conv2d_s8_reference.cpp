// depthwise_conv2d_s8, reference: what the host knows of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8.h.
#include "kernels/counts.h"
#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/variant.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const kernels::WindowCount at = kernels::count_windows(p, p.dilation_h, p.dilation_w);
  const double outputs = at.pixels * p.out_c, tests = p.out_c * at.rows * p.kernel_w;
  const bool wide = p.kernel_w > 4;
  const int sides = kernels::clipped_sides(p, p.dilation_w), ends = kernels::clipped_ends(p, p.dilation_h);
  kernels::Count count(target);
  count.add(p.out_c * at.taps, {7.43, 6.43, 6.44, 6.54, 8.29});                       // product
  count.add(wide ? 0 : tests * (sides > 0 ? 1 : 0), {9.18, 4.41, 3.82, 3.51, 3.17});  // clipped tap
  count.add(wide ? 0 : tests * (sides > 1 ? 1 : 0), {3.55, 2.31, 3.09, 3.12, 0.93});  // twice clipped tap
  count.add(wide && sides > 0 ? tests : 0, {7.89, 3.43, 3.55, 3.97, 2.04});  // clipped tap of a wide row
  count.add(p.kernel_w > 1 ? p.out_c * at.rows : 0, {10.41, 10.33, 10.32, 10.18, 16.1});  // row
  count.add(p.kernel_w == 1 ? p.out_c * at.rows : 0, {2.08, 1.34, 1.34, 1.36, 1.71});     // row of one tap
  count.add(ends * outputs * p.kernel_h, {3.08, 2.23, 1.96, 1.82, 1.43});                 // clipped row
  count.add(outputs, {98.95, 35.91, 35.82, 38.02, 29.88});                                // output
  count.add(p.depth_multiplier != 1 ? outputs : 0, {17.91, 8.59, 13.59, 15.85, 1.74});    // divided output
  count.add(outputs * kernels::limited(p), {2.5, 0.06, 0, 0.2, 0});                       // limited output
  return count.cost({.alu = 10, .mul = 1, .load = 2, .branch = 2}, 370);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{
      .kernel = "depthwise_conv2d_s8",
      .name = "reference",
      .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8.h",
      .function = "depthwise_conv2d_s8",
      .facts = kernels::depthwise_conv2d_s8_facts,
      .overlap = kernels::depthwise_conv2d_overlap<DepthwiseConv2dS8Params, 5, 1>,
      .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
      .band = kernels::depthwise_conv2d_band<DepthwiseConv2dS8Params>,
      .cost = cost,
      .run = kernels::run_of<depthwise_conv2d_s8>};
  return variant;
}
