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
  count.add(p.out_c * at.taps, {10.16, 9.19, 9.25, 9.12, 12.48});                     // product
  count.add(wide ? 0 : tests * (sides > 0 ? 1 : 0), {10.5, 5.76, 5.29, 4.84, 5.39});  // clipped tap
  count.add(wide ? 0 : tests * (sides > 1 ? 1 : 0), {3.04, 1.9, 2.7, 2.79, 0.71});    // twice clipped tap
  count.add(wide && sides > 0 ? tests : 0, {7.84, 3.45, 3.72, 3.97, 2.47});  // clipped tap of a wide row
  count.add(ends * outputs * p.kernel_h, {2.92, 2.03, 1.67, 1.4, 1.02});     // clipped row
  count.add(outputs, {97.42, 32.53, 31.39, 36.73, 24.44});                   // output
  count.add(p.depth_multiplier != 1 ? outputs : 0, {15.87, 7.37, 15.44, 16.76, 0});  // divided output
  count.add(outputs * kernels::limited(p), {1.48, 0.55, 0.51, 1.02, 0});             // limited output
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
