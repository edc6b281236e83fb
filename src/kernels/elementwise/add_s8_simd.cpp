// add_s8, simd: what the host knows of device/mote/nn/elementwise/add_s8_simd.h.
#include "mote/nn/elementwise/add_s8_simd.h"

#include "kernels/simd.h"

namespace mote {
namespace {

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<AddS8Params>(call.params);
  return p.left_shift == 20 && p.in1_shift <= 0 && p.in2_shift <= 0 && p.out_shift <= 0;
}

/// Sixteen elements of both inputs are read before these are written.
Overlap overlap(const KernelCall&) { return {0, 2, 0, Overlap::Direction::Forward, 1}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<AddS8Params>(call.params);
  const kernels::Mix mix{.alu = (p.count + 15) / 16 * (target.isa.has("avx512-vnni") ? 50.0 : 116.0) + 20};
  return kernels::cost_of(mix, 900, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(elementwise_add_s8_simd) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "add_s8",
                                     .name = "simd",
                                     .header = "mote/nn/elementwise/add_s8_simd.h",
                                     .function = "add_s8_simd",
                                     .needs = kernels::needs_simd,
                                     .fits = fits,
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<add_s8_simd>};
  return variant;
}
