// average_pool2d_s8, mve: what the host knows of device/mote/nn/pool/pool_s8_mve.h.
#include "kernels/mve.h"
#include "kernels/pool/pool_s8_counts.h"
#include "mote/nn/pool/pool_s8_mve.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  const kernels::WindowCount at = kernels::count_windows(p);
  const double blocks = (p.channels + 7) / 8;
  const bool whole = p.out_w == 1 && at.taps == at.rows * p.in_w;  // rows follow each other: one run
  const double runs = whole ? at.pixels : at.rows;
  kernels::Count count(target);
  count.add(blocks * at.taps, {0, 0, 0, 4.86, 0});                              // tap
  count.add(blocks * runs, {0, 0, 0, 7.49, 0});                                 // run
  count.add(blocks * at.pixels, {0, 0, 0, 13.68, 0});                           // block
  count.add(p.channels * at.pixels, {0, 0, 0, 18.67, 0});                       // output
  count.add(p.channels * at.pixels * kernels::limited(p), {0, 0, 0, 0.55, 0});  // limited output
  return count.cost({.alu = 5, .load = 1, .store = 0.3, .branch = 1}, 300);
}

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  return p.kernel_h * p.kernel_w <= 255 && kernels::no_window_is_empty(p);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(pool_average_pool2d_s8_mve) {
  using namespace mote;
  static const KernelVariant variant = [] {
    KernelVariant made =
        kernels::pool_s8<average_pool2d_s8_mve>("average_pool2d_s8", "mote/nn/pool/pool_s8_mve.h", cost);
    made.name = "mve";
    made.function = "average_pool2d_s8_mve";
    made.needs = kernels::needs_mve;
    made.fits = fits;
    return made;
  }();
  return variant;
}
