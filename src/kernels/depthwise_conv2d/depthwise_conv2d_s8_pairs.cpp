// depthwise_conv2d_s8, pairs: what the host knows of device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_pairs.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_pairs.h"

#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/pairs.h"

namespace mote {
namespace {

bool fits(const KernelCall& call, const Facts& facts) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  return kernels::fits_bytes(facts) && p.depth_multiplier == 1 && p.in_c % 2 == 0 &&
         p.kernel_h * p.kernel_w <= 255 &&
         kernels::fold_zero_point(call, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputLast)
             .has_value();
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  return kernels::pack_pairs(call, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputLast,
                             [&](std::int32_t o, std::int32_t i) { return i * p.out_c + o; });
}

bool copies(const DepthwiseConv2dS8Params& p) { return !kernels::never_clips(p); }

std::size_t scratch(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  return copies(p) ? static_cast<std::size_t>(p.kernel_h) * static_cast<std::size_t>(p.kernel_w) *
                         static_cast<std::size_t>(p.in_c)
                   : 0;
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const double pixels = 1.0 * p.batches * p.out_h * p.out_w, outputs = pixels * p.out_c;
  const double taps = 1.0 * p.kernel_h * p.kernel_w;
  return kernels::pairs_cost(1.5 * outputs * taps, outputs, copies(p) ? outputs * taps : 0, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_pairs) {
  using namespace mote;
  static const KernelVariant variant{
      .kernel = "depthwise_conv2d_s8",
      .name = "pairs",
      .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_pairs.h",
      .function = "depthwise_conv2d_s8_pairs",
      .needs = kernels::needs_avr,
      .fits = fits,
      .pack = pack,
      .scratch = scratch,
      .overlap = kernels::depthwise_conv2d_overlap<DepthwiseConv2dS8Params, 5, 1>,
      .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
      .cost = cost,
      .run = kernels::run_of<depthwise_conv2d_s8_pairs>};
  return variant;
}
