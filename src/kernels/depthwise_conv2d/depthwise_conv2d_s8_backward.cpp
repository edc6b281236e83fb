// depthwise_conv2d_s8, backward: what the host knows of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_backward.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_backward.h"

#include "kernels/counts.h"
#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/variant.h"

namespace mote {
namespace {

bool fits(const KernelCall& call, const Facts&) {
  return from_block<DepthwiseConv2dS8Params>(call.params).depth_multiplier == 1;
}

Overlap overlap(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const std::int64_t distance = kernels::window_distance_backward(p, p.dilation_h, p.dilation_w, p.in_c);
  return {0, 5, distance, Overlap::Direction::Backward};
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const kernels::WindowCount at = kernels::count_windows(p, p.dilation_h, p.dilation_w);
  const double fours = p.out_c / 4, rest = p.out_c % 4;
  kernels::Count count(target);
  count.add(fours * at.taps, {32.97, 19.99, 20.33, 20.07, 22.04});                      // four products
  count.add(rest * at.taps, {13.54, 10.54, 12.51, 12.57, 12.64});                       // product
  count.add(p.kernel_w > 1 ? fours * at.rows : 0, {10.42, 13.5, 10.68, 13.48, 24.17});  // four rows
  count.add(p.kernel_w == 1 ? fours * at.rows : 0, {0, 0, 0, 2.04, 3.29});  // four rows of one tap
  count.add(rest * at.rows, {7.71, 0, 0, 0, 0});                            // row
  count.add(fours * at.pixels, {379.62, 139.6, 150.74, 138.11, 105.93});    // four
  count.add(at.clips_rows || at.clips_columns ? fours * at.pixels : 0,
            {22.54, 19.13, 17.37, 18.72, 34.2});                             // clipped four
  count.add(p.out_c * at.pixels, {13.49, 3.38, 2.71, 5.39, 2.54});           // output
  count.add(p.out_c * at.pixels * kernels::limited(p), {0, 0, 0, 0, 0.49});  // limited output
  count.add(at.pixels, {0, 0, 0.84, 1.21, 0});                               // pixel
  return count.cost({.alu = 4, .mul = 1, .load = 2.4, .store = 0.1, .branch = 0.5}, 960);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_backward) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "depthwise_conv2d_s8",
                                     .name = "backward",
                                     .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_backward.h",
                                     .function = "depthwise_conv2d_s8_backward",
                                     .fits = fits,
                                     .overlap = overlap,
                                     .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<depthwise_conv2d_s8_backward>};
  return variant;
}
