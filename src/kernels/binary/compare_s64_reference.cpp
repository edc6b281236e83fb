// compare_s64, reference: what the host knows of it.  Source: device/mote/nn/binary/compare.h.
#include "mote/nn/binary/compare.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_compare_s64_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "compare_s64",
                                     .name = "reference",
                                     .header = "mote/nn/binary/compare.h",
                                     .function = "compare_s64",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 9, .load = 4, .store = 1, .branch = 5};
                                           return kernels::pair_cost(call, element, 100, target);
                                         },
                                     .run = kernels::run_of<compare_s64>};
  return variant;
}
