// max_pool2d_s8, mve: what the host knows of device/mote/nn/pool/pool_s8_mve.h.
#include "kernels/mve.h"
#include "kernels/pool/pool_s8_counts.h"
#include "mote/nn/pool/pool_s8_mve.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  const kernels::WindowCount at = kernels::count_windows(p);
  const double blocks = (p.channels + 15) / 16;
  kernels::Count count(target);
  count.add(blocks * at.taps, {0, 0, 0, 5.01, 0});     // tap
  count.add(blocks * at.rows, {0, 0, 0, 14.11, 0});    // run
  count.add(blocks * at.pixels, {0, 0, 0, 31.17, 0});  // block
  count.add(p.act_max == 127 || p.channels % 16 == 0 ? 0 : p.channels * at.pixels,
            {0, 0, 0, 7.07, 0});             // limited output
  count.add(at.pixels, {0, 0, 0, 3.97, 0});  // pixel
  return count.cost({.alu = 5, .load = 1, .store = 0.3, .branch = 1}, 300);
}

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  return kernels::no_window_is_empty(p);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(pool_max_pool2d_s8_mve) {
  using namespace mote;
  static const KernelVariant variant = [] {
    KernelVariant made =
        kernels::pool_s8<max_pool2d_s8_mve>("max_pool2d_s8", "mote/nn/pool/pool_s8_mve.h", cost);
    made.name = "mve";
    made.function = "max_pool2d_s8_mve";
    made.needs = kernels::needs_mve;
    made.fits = fits;
    return made;
  }();
  return variant;
}
