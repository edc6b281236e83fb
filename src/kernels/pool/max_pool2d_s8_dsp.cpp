// max_pool2d_s8, dsp: what the host knows of device/mote/nn/pool/pool_s8_dsp.h.
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
  count.add(small ? 0 : fours * at.taps, {0, 0, 5.21, 5.21, 0});                  // four taps
  count.add(at.clips_columns ? fours * at.rows : 0, {0, 0, 1.79, 1.68, 0});       // clipped four rows
  count.add(small ? 0 : fours * at.pixels, {0, 0, 28.85, 28.76, 0});              // four
  count.add(clips ? fours * at.pixels : 0, {0, 0, 0.01, 0, 0});                   // clipped four
  count.add(small && !line ? fours * at.pixels : 0, {0, 0, 39.21, 39.18, 0});     // small four
  count.add(small && line ? fours * at.pixels : 0, {0, 0, 29.1, 29.05, 0});       // small four in a row
  count.add(rest * at.taps, {0, 0, 7.72, 7.9, 0});                                // tap
  count.add(rest * at.pixels, {0, 0, 14.31, 10.56, 0});                           // output of the rest
  count.add(p.channels * at.pixels * kernels::limited(p), {0, 0, 4.3, 4.29, 0});  // limited output
  count.add(at.pixels, {0, 0, 3.15, 3.74, 0});                                    // pixel
  count.add(clips ? at.pixels : 0, {0, 0, 1.24, 2.2, 0});                         // clipped pixel
  return count.cost({.alu = 3, .load = 1, .store = 0.4, .branch = 1}, 240);
}

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  return p.channels >= 4 && p.kernel_h * p.kernel_w <= 255;
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(pool_max_pool2d_s8_dsp) {
  using namespace mote;
  static const KernelVariant variant = [] {
    KernelVariant made =
        kernels::pool_s8<max_pool2d_s8_dsp>("max_pool2d_s8", "mote/nn/pool/pool_s8_dsp.h", cost);
    made.name = "dsp";
    made.function = "max_pool2d_s8_dsp";
    made.needs = [](const Isa& isa) { return isa.has("dsp"); };
    made.fits = fits;
    return made;
  }();
  return variant;
}
