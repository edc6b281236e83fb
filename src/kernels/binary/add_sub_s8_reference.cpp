// add_sub_s8, reference: what the host knows of it.  Source: device/mote/nn/binary/add_sub.h.
#include "mote/nn/binary/add_sub.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_add_sub_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "add_sub_s8",
                                     .name = "reference",
                                     .header = "mote/nn/binary/add_sub.h",
                                     .function = "add_sub_s8",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 36, .mul = 4, .load = 2, .store = 1, .branch = 2};
                                           return kernels::pair_cost(call, element, 260, target);
                                         },
                                     .run = kernels::run_of<add_sub_s8>};
  return variant;
}
