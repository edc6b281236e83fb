// conv2d_s8, reference: what the host knows of device/mote/nn/conv2d/conv2d_s8.h.
#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/counts.h"
#include "kernels/variant.h"
#include "mote/nn/conv2d/conv2d_s8.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const kernels::WindowCount at = kernels::count_windows(p, p.dilation_h, p.dilation_w);
  const double outputs = at.pixels * p.out_c, tests = p.out_c * at.rows * p.kernel_w;
  const bool point = p.kernel_h * p.kernel_w == 1, one = p.in_c == 1;
  const int sides = kernels::clipped_sides(p, p.dilation_w), ends = kernels::clipped_ends(p, p.dilation_h);
  kernels::Count count(target);
  count.add(one ? 0 : p.out_c * at.taps * p.in_c, {7.98, 6.03, 6.03, 6.03, 8.04});  // product
  count.add(one ? p.out_c * at.taps : 0, {9.55, 7.68, 7.82, 7.8, 11.25});  // product of the only channel
  count.add(one || point ? 0 : p.out_c * at.taps, {12.51, 8.06, 8.45, 9.15, 7.73});  // tap
  count.add(sides > 0 ? tests : 0, {6.29, 4.42, 7.56, 7.17, 2.26});                  // clipped tap
  count.add(sides > 1 ? tests : 0, {0, 0.97, 0, 0, 0});                              // twice clipped tap
  count.add(point ? 0 : p.out_c * at.rows, {0, 1.89, 1.24, 0, 0});                   // row
  count.add(ends * outputs * p.kernel_h, {1.63, 2.24, 0.16, 0.74, 2.83});            // clipped row
  count.add(outputs, {107.25, 42.19, 42.23, 44.4, 41.47});                           // output
  count.add(outputs * kernels::limited(p), {0.77, 0, 0, 0.23, 0});                   // limited output
  return count.cost({.alu = 2, .mul = 1, .load = 2, .branch = 1}, 370);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "conv2d_s8",
                                     .name = "reference",
                                     .header = "mote/nn/conv2d/conv2d_s8.h",
                                     .function = "conv2d_s8",
                                     .facts = kernels::conv2d_s8_facts,
                                     .overlap = kernels::conv2d_s8_overlap,
                                     .rows = kernels::conv2d_s8_rows,
                                     .band = kernels::conv2d_s8_band,
                                     .cost = cost,
                                     .run = kernels::run_of<conv2d_s8>};
  return variant;
}
