// average_pool2d_s8, dsp: what the host knows of device/mote/nn/pool/pool_s8_dsp.h.
#include "kernels/pool/pool_s8_counts.h"
#include "mote/nn/pool/pool_s8_dsp.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  const kernels::WindowCount at = kernels::count_windows(p);
  const double fours = p.channels / 4, rest = p.channels % 4;
  const bool clips = at.clips_rows || at.clips_columns;
  const bool small = !clips && p.kernel_h * p.kernel_w <= 4,
             line = p.out_h == 1 || p.out_w == 1;  // fewer loops are left
  kernels::Count count(target);
  count.add(small ? 0 : fours * at.taps, {0, 0, 5.01, 4.81, 0});                  // four taps
  count.add(small ? 0 : fours * at.rows, {0, 0, 3.8, 6.58, 0});                   // four rows
  count.add(at.clips_columns ? fours * at.rows : 0, {0, 0, 0.3, 0, 0});           // clipped four rows
  count.add(small ? 0 : fours * at.pixels, {0, 0, 45.92, 45.58, 0});              // four
  count.add(small && !line ? fours * at.pixels : 0, {0, 0, 72.04, 81.01, 0});     // small four
  count.add(small && line ? fours * at.pixels : 0, {0, 0, 60.72, 69.3, 0});       // small four in a row
  count.add(rest * at.taps, {0, 0, 3, 3.74, 0});                                  // tap
  count.add(rest * at.rows, {0, 0, 13, 0, 0});                                    // row
  count.add(rest * at.pixels, {0, 0, 29.11, 53.99, 0});                           // output of the rest
  count.add(p.channels * at.pixels * kernels::limited(p), {0, 0, 5.61, 6.2, 0});  // limited output
  count.add(at.pixels, {0, 0, 7.29, 10.02, 0});                                   // pixel
  count.add(clips ? at.pixels : 0, {0, 0, 21.19, 9.83, 0});                       // clipped pixel
  return count.cost({.alu = 3, .load = 1, .store = 0.4, .branch = 1}, 240);
}

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  return p.channels >= 4 && p.kernel_h * p.kernel_w <= 255;
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(pool_average_pool2d_s8_dsp) {
  using namespace mote;
  static const KernelVariant variant = [] {
    KernelVariant made =
        kernels::pool_s8<average_pool2d_s8_dsp>("average_pool2d_s8", "mote/nn/pool/pool_s8_dsp.h", cost);
    made.name = "dsp";
    made.function = "average_pool2d_s8_dsp";
    made.needs = [](const Isa& isa) { return isa.has("dsp"); };
    made.fits = fits;
    return made;
  }();
  return variant;
}
