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
  count.add(fours * at.taps, {35.96, 23.49, 23.52, 22.64, 27.3});         // four products
  count.add(rest * at.taps, {13.72, 10.46, 10, 8.82, 12.68});             // product
  count.add(rest * at.rows, {8.03, 0, 0, 0, 0});                          // row
  count.add(fours * at.pixels, {387.75, 126.85, 132.41, 142.2, 118.96});  // four
  count.add(at.clips_rows || at.clips_columns ? fours * at.pixels : 0,
            {29.67, 28.75, 33.89, 29.52, 37.52});                                    // clipped four
  count.add(p.out_c * at.pixels, {9.62, 5.39, 4.01, 6.46, 1.93});                    // output
  count.add(p.out_c * at.pixels * kernels::limited(p), {0, 0.8, 0.45, 0.87, 2.03});  // limited output
  count.add(at.pixels, {0, 0, 0, 6.8, 0});                                           // pixel
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
