// average_pool2d_s8, reference: what the host knows of device/mote/nn/pool/average_pool2d_s8.h.
#include "mote/nn/pool/average_pool2d_s8.h"

#include "kernels/pool/pool_s8_counts.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  const kernels::PoolCount at = kernels::count_pool(p);
  kernels::Count count(target);
  count.add(at.flat * at.taps, {7.46, 4.94, 4.56, 4.9, 4.41});                 // tap, one row of windows
  count.add(at.small * at.taps, {10.27, 9.33, 9.34, 9.59, 7.72});              // tap, a small window
  count.add(at.middle * at.taps, {15.91, 9.95, 9.94, 10.02, 6.92});            // tap, a window of nine
  count.add(at.few * at.taps, {1.2, 5.17, 5.15, 5.22, 4.73});                  // tap, clipped where few are
  count.add(at.few * at.rows, {50.93, 13.31, 13.41, 13.09, 8.97});             // row, clipped where few are
  count.add(at.loops * at.taps, {5.98, 3.67, 3.57, 3.57, 4.01});               // tap
  count.add(at.loops * at.rows, {3.32, 8.06, 9.2, 9.48, 1.86});                // row
  count.add(at.loops * at.outputs, {76.92, 21.67, 25.46, 23.4, 24.94});        // output
  count.add(at.clips ? at.loops * at.outputs : 0, {16.88, 2.24, 0, 0, 0});     // output, clipped
  count.add(at.clips_columns ? at.loops * at.rows : 0, {0, 1.22, 0, 0, 0.5});  // row, clipped
  count.add(at.outputs * kernels::limited(p), {0.96, 2.28, 3, 2.26, 1.06});    // output, limited
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
