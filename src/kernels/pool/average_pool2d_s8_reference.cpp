// average_pool2d_s8, reference: what the host knows of device/mote/nn/pool/average_pool2d_s8.h.
#include "mote/nn/pool/average_pool2d_s8.h"

#include "kernels/pool/pool_s8_counts.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  const kernels::PoolCount at = kernels::count_pool(p);
  kernels::Count count(target);
  count.add(at.flat * at.taps, {7.1, 5.46, 5.51, 5.8, 5.75});            // tap, one row of windows
  count.add(at.small * at.taps, {9.92, 9.35, 9.39, 9.62, 7.74});         // tap, a small window
  count.add(at.few * at.taps, {0, 5.15, 11.88, 11.88, 4.73});            // tap, clipped where few are
  count.add(at.few * at.rows, {60.25, 13.49, 0, 0, 8.91});               // row, clipped where few are
  count.add(at.loops * at.taps, {6.09, 3.86, 4.35, 4.36, 4.08});         // tap
  count.add(at.loops * at.rows, {1.57, 4.6, 2.16, 2.23, 1.59});          // row
  count.add(at.loops * at.outputs, {82.8, 29.36, 18.53, 18.65, 21.27});  // output
  count.add(at.clips_columns ? at.loops * at.rows : 0, {4.95, 1.78, 6.91, 5.74, 2.17});  // row, clipped
  count.add(at.outputs * kernels::limited(p), {2.55, 0.3, 0.16, 0, 0.6});                // output, limited
  return count.cost({.alu = 5, .load = 1, .branch = 1, .divide = 0.1}, 200);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(pool_average_pool2d_s8_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pool_s8<average_pool2d_s8>("average_pool2d_s8", "mote/nn/pool/average_pool2d_s8.h", cost);
  return variant;
}
