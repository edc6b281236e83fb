// compare_s8, reference: what the host knows of it.  Source: device/mote/nn/binary/compare.h.
#include "mote/nn/binary/compare.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_compare_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "compare_s8",
                                     .name = "reference",
                                     .header = "mote/nn/binary/compare.h",
                                     .function = "compare_s8",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 26, .mul = 2, .load = 2, .store = 1, .branch = 4};
                                           return kernels::pair_cost(call, element, 200, target);
                                         },
                                     .run = kernels::run_of<compare_s8>};
  return variant;
}
