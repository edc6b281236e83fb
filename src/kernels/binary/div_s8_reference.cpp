// div_s8, reference: what the host knows of it.  Source: device/mote/nn/binary/div.h.
#include "mote/nn/binary/div.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_div_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "div_s8",
                                     .name = "reference",
                                     .header = "mote/nn/binary/div.h",
                                     .function = "div_s8",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 150, .mul = 10, .load = 2, .store = 1, .branch = 45};
                                           return kernels::pair_cost(call, element, 420, target);
                                         },
                                     .run = kernels::run_of<div_s8>};
  return variant;
}
