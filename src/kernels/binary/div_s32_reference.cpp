// div_s32, reference: what the host knows of it.  Source: device/mote/nn/binary/div.h.
#include "mote/nn/binary/div.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_div_s32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "div_s32",
                                     .name = "reference",
                                     .header = "mote/nn/binary/div.h",
                                     .function = "div_s32",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 6, .load = 2, .store = 1, .branch = 4, .divide = 1};
                                           return kernels::pair_cost(call, element, 100, target);
                                         },
                                     .run = kernels::run_of<div_s32>};
  return variant;
}
