// compare_s32, reference: what the host knows of it.  Source: device/mote/nn/binary/compare.h.
#include "mote/nn/binary/compare.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_compare_s32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "compare_s32",
                                     .name = "reference",
                                     .header = "mote/nn/binary/compare.h",
                                     .function = "compare_s32",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 5, .load = 2, .store = 1, .branch = 4};
                                           return kernels::pair_cost(call, element, 80, target);
                                         },
                                     .run = kernels::run_of<compare_s32>};
  return variant;
}
