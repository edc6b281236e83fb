// mul_s8, dsp: what the host knows of device/mote/nn/binary/mul_dsp.h.
#include "mote/nn/binary/mul_dsp.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_mul_s8_dsp) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "mul_s8",
                                     .name = "dsp",
                                     .header = "mote/nn/binary/mul_dsp.h",
                                     .function = "mul_s8_dsp",
                                     .needs = [](const Isa& isa) { return isa.has("dsp"); },
                                     .fits =
                                         [](const KernelCall& call, const Facts&) {
                                           const auto p = from_block<ScaledPairParams>(call.params);
                                           return p.shift <= -1 && p.shift >= -31;
                                         },
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 7, .mul = 2, .load = 2, .store = 1, .branch = 1};
                                           return kernels::pair_cost(call, element, 110, target);
                                         },
                                     .run = kernels::run_of<mul_s8_dsp>};
  return variant;
}
