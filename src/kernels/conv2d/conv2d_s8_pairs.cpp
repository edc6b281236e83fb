// conv2d_s8, pairs: what the host knows of device/mote/nn/conv2d/conv2d_s8_pairs.h.
#include "mote/nn/conv2d/conv2d_s8_pairs.h"

#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/pairs.h"

namespace mote {
namespace {

bool fits(const KernelCall& call, const Facts& facts) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  return kernels::fits_bytes(facts) &&
         kernels::fold_zero_point(call, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputFirst)
             .has_value();
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const std::int32_t taps = p.kernel_h * p.kernel_w * p.in_c;
  return kernels::pack_pairs(call, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputFirst,
                             [&](std::int32_t o, std::int32_t i) { return o * taps + i; });
}

bool copies(const Conv2dS8Params& p) {
  return !kernels::never_clips(p) || (p.dilation_w != 1 && p.kernel_w != 1);
}

std::size_t scratch(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  return copies(p) ? static_cast<std::size_t>(p.kernel_h) * static_cast<std::size_t>(p.kernel_w) *
                         static_cast<std::size_t>(p.in_c)
                   : 0;
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const double pixels = 1.0 * p.batches * p.out_h * p.out_w, outputs = pixels * p.out_c;
  const double taps = 1.0 * p.kernel_h * p.kernel_w * p.in_c;
  return kernels::pairs_cost(pixels * (p.out_c + p.out_c % 2) * taps, outputs, copies(p) ? pixels * taps : 0,
                             target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_pairs) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "conv2d_s8",
                                     .name = "pairs",
                                     .header = "mote/nn/conv2d/conv2d_s8_pairs.h",
                                     .function = "conv2d_s8_pairs",
                                     .needs = kernels::needs_avr,
                                     .fits = fits,
                                     .pack = pack,
                                     .scratch = scratch,
                                     .overlap = kernels::conv2d_s8_overlap,
                                     .rows = kernels::conv2d_s8_rows,
                                     .cost = cost,
                                     .run = kernels::run_of<conv2d_s8_pairs>};
  return variant;
}
