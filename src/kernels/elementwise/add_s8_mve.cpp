// add_s8, mve: what the host knows of device/mote/nn/elementwise/add_s8_mve.h.
#include "mote/nn/elementwise/add_s8_mve.h"

#include "kernels/mve.h"

namespace mote {
namespace {

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<AddS8Params>(call.params);
  return p.left_shift == 20 && p.in1_shift <= 0 && p.in2_shift <= 0 && p.out_shift <= -1;
}

/// Eight elements of both inputs are read before these are written.
Overlap overlap(const KernelCall&) { return {0, 2, 0, Overlap::Direction::Forward, 1}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<AddS8Params>(call.params);
  const bool saturates = p.act_min == -128 && p.act_max == 127;
  const kernels::Mix eight{.alu = saturates ? 15.0 : 20.0, .mul = 6, .load = 6, .store = 1, .branch = 1};
  const kernels::Mix shifted{.alu = 4};
  const int shifts = (p.in1_shift < 0 ? 1 : 0) + (p.in2_shift < 0 ? 1 : 0);
  return kernels::cost_of((p.count + 7) / 8 * (eight + shifts * shifted) + kernels::Mix{.alu = 50}, 420,
                          target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(elementwise_add_s8_mve) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "add_s8",
                                     .name = "mve",
                                     .header = "mote/nn/elementwise/add_s8_mve.h",
                                     .function = "add_s8_mve",
                                     .needs = kernels::needs_mve,
                                     .fits = fits,
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<add_s8_mve>};
  return variant;
}
