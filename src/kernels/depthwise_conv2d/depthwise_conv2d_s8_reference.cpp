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
  // Sides of the image that windows reach over: the compiler leaves out tests for the others.
  const int sides =
      (p.pad_left > 0 ? 1 : 0) +
      ((p.out_w - 1) * p.stride_w - p.pad_left + (p.kernel_w - 1) * p.dilation_w >= p.in_w ? 1 : 0);
  const int ends =
      (p.pad_top > 0 ? 1 : 0) +
      ((p.out_h - 1) * p.stride_h - p.pad_top + (p.kernel_h - 1) * p.dilation_h >= p.in_h ? 1 : 0);
  kernels::Count count(target);
  count.add(p.out_c * at.taps, {6.78, 9.6, 10.33, 10.34, 11.73});                     // product
  count.add(wide ? 0 : tests * (sides > 0 ? 1 : 0), {8.89, 5.82, 5.81, 5.26, 4.71});  // clipped tap
  count.add(wide ? 0 : tests * (sides > 1 ? 1 : 0), {4.4, 2.02, 2.16, 2.42, 1.25});   // twice clipped tap
  count.add(wide && sides > 0 ? tests : 0, {12.05, 3.19, 3.2, 3.16, 2.9});        // clipped tap of a wide row
  count.add(ends * outputs * p.kernel_h, {0.61, 2.15, 2.27, 2.26, 0});            // clipped row
  count.add(outputs, {149.89, 25.46, 13.55, 16.8, 39.27});                        // output
  count.add(p.depth_multiplier != 1 ? outputs : 0, {0, 10.56, 19.29, 18.17, 0});  // divided output
  count.add(outputs * kernels::limited(p), {4.86, 3.41, 8.07, 5.92, 0});          // limited output
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
