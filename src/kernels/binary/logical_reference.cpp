// logical, reference: what the host knows of it.  Source: device/mote/nn/binary/logical.h.
#include "mote/nn/binary/logical.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_logical_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "logical",
                                     .name = "reference",
                                     .header = "mote/nn/binary/logical.h",
                                     .function = "logical",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 8, .load = 2, .store = 1, .branch = 2};
                                           return kernels::pair_cost(call, element, 70, target);
                                         },
                                     .run = kernels::run_of<logical>};
  return variant;
}
