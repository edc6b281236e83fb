// max_pool2d_s8, reference: what the host knows of device/mote/nn/pool/max_pool2d_s8.h.
#include "mote/nn/pool/max_pool2d_s8.h"

#include "kernels/pool/pool_s8_counts.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  const kernels::PoolCount at = kernels::count_pool(p);
  kernels::Count count(target);
  count.add(at.flat * at.taps, {4.87, 4.05, 4.04, 4.04, 4.07});         // tap, one row of windows
  count.add(at.small * at.taps, {9.19, 7.25, 7.15, 7.14, 6.25});        // tap, a small window
  count.add(at.few * at.taps, {6.57, 5.68, 5.6, 5.59, 3.2});            // tap, clipped where few are
  count.add(at.few * at.rows, {12.41, 7.53, 8.06, 8.1, 10.98});         // row, clipped where few are
  count.add(at.loops * at.taps, {7.6, 7.6, 6.38, 6.33, 4.5});           // tap
  count.add(at.loops * at.outputs, {26.85, 11.5, 13.57, 11.72, 18.4});  // output
  count.add(at.clips_columns ? at.loops * at.rows : 0, {3.6, 4.48, 6.86, 6.88, 2.18});  // row, clipped
  count.add(at.outputs * kernels::limited(p), {4.13, 3.97, 3.81, 3.39, 2.12});          // output, limited
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
