// max_pool2d_s8, reference: what the host knows of device/mote/nn/pool/max_pool2d_s8.h.
#include "mote/nn/pool/max_pool2d_s8.h"

#include "kernels/pool/pool_s8_counts.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  const kernels::PoolCount at = kernels::count_pool(p);
  kernels::Count count(target);
  count.add(at.flat * at.taps, {4.86, 4.05, 4.05, 4.05, 4.07});      // tap, one row of windows
  count.add(at.small * at.taps, {9.05, 7.29, 7.15, 7.14, 6.24});     // tap, a small window
  count.add(at.middle * at.taps, {11.09, 10.5, 10.5, 10.52, 7.87});  // tap, a window of nine
  count.add(at.few * at.taps, {7.06, 5.79, 6.68, 6.54, 3.49});       // tap, clipped where few are
  count.add(at.few * at.rows, {7.5, 7.74, 3.2, 7.7, 8.77});          // row, clipped where few are
  count.add(at.loops * at.taps, {8.13, 6.78, 6.69, 6.66, 4.81});     // tap
  count.add(at.loops * at.outputs, {0, 0, 5.51, 6.51, 0});           // output
  count.add(at.clips ? at.loops * at.outputs : 0, {21.74, 16.28, 12.2, 10.92, 13.96});   // output, clipped
  count.add(at.clips_columns ? at.loops * at.rows : 0, {3.78, 4.33, 4.05, 3.22, 2.89});  // row, clipped
  count.add(at.outputs * kernels::limited(p), {5.45, 3.15, 2.93, 4.3, 2.42});            // output, limited
  return count.cost({.alu = 6, .load = 1, .branch = 2}, 160);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(pool_max_pool2d_s8_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pool_s8<max_pool2d_s8>("max_pool2d_s8", "mote/nn/pool/max_pool2d_s8.h", cost);
  return variant;
}
