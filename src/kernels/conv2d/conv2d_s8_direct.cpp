// conv2d_s8, direct: what the host knows of device/mote/nn/conv2d/conv2d_s8_direct.h.
#include "mote/nn/conv2d/conv2d_s8_direct.h"
#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/counts.h"
#include "kernels/fold.h"
#include "kernels/variant.h"

namespace mote {
namespace {

Packed pack(const KernelCall& call) {
  auto p = from_block<Conv2dS8Params>(call.params);
  Packed packed{call.params, call.args};
  if (!kernels::never_clips(p) || p.in_zero_point == 0) return packed;
  const auto folded =
      kernels::fold_zero_point(call, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputFirst);
  if (!folded) return packed;
  p.in_zero_point = 0;
  packed.params = to_block(p);
  packed.args[2] = *folded;
  return packed;
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const kernels::WindowCount at = kernels::count_windows(p, p.dilation_h, p.dilation_w);
  const double fours = p.out_c / 4, rest = p.out_c % 4;
  const double freed = p.in_zero_point == 0 || kernels::never_clips(p) ? 0 : 1;
  kernels::Count count(target);
  count.add(fours * at.taps * p.in_c, {23.49, 11, 11.18, 11.42, 15.98});                // four products
  count.add(rest * at.taps * p.in_c, {6.57, 5.13, 5.29, 5.48, 6.69});                   // product
  count.add(fours * at.rows, {39.74, 25.69, 27.11, 26, 14.27});                         // four rows
  count.add(rest * at.rows, {49.18, 23, 23.59, 22.88, 10.39});                          // row
  count.add(freed * (fours + rest) * at.taps * p.in_c, {1.5, 0.97, 0.78, 0.57, 1.36});  // freed
  count.add(fours * at.pixels, {376.81, 144.73, 139.86, 142.25, 113.22});               // four
  count.add(p.out_c * at.pixels, {0, 0, 0, 0, 2.56});                                   // output
  count.add(at.pixels, {0, 5.76, 0, 0, 7.71});                                          // pixel
  count.add((fours + rest) * at.pixels, {0, 0, 0, 0, 13.05});                           // kernel row
  return count.cost({.alu = 1, .mul = 1, .load = 1.3, .store = 0.1, .branch = 0.3}, 900);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_direct) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "conv2d_s8",
                                     .name = "direct",
                                     .header = "mote/nn/conv2d/conv2d_s8_direct.h",
                                     .function = "conv2d_s8_direct",
                                     .pack = pack,
                                     .overlap = kernels::conv2d_s8_overlap,
                                     .rows = kernels::conv2d_s8_rows,
                                     .cost = cost,
                                     .run = kernels::run_of<conv2d_s8_direct>};
  return variant;
}
