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
  const double outputs = at.pixels * p.out_c;
  const double walks =
      p.kernel_h * p.kernel_w > 1 ? 1 : 0;  // the compiler leaves nothing of the others' loops
  kernels::Count count(target);
  count.add(p.out_c * at.taps * p.in_c, {8.05, 6.11, 6.12, 6.12, 8.1});             // product
  count.add(p.out_c * at.taps, {0, 2.76, 0, 0, 0});                                 // tap
  count.add(walks * p.out_c * at.rows * p.kernel_w, {9.3, 5.89, 9.5, 9.73, 5.71});  // column test
  count.add(walks * outputs * p.kernel_h, {6.37, 0.76, 0, 0, 3.11});                // row
  count.add(outputs, {106.19, 38.42, 40.87, 42.88, 40.79});                         // output
  count.add(outputs * kernels::limited(p), {0.46, 0, 0, 0, 0});                     // limited output
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
