// extremum_s32, reference: what the host knows of it.  Source: device/mote/nn/binary/extremum.h.
#include "mote/nn/binary/extremum.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_extremum_s32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "extremum_s32",
                                     .name = "reference",
                                     .header = "mote/nn/binary/extremum.h",
                                     .function = "extremum_s32",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 3, .load = 2, .store = 1, .branch = 3};
                                           return kernels::pair_cost(call, element, 60, target);
                                         },
                                     .run = kernels::run_of<extremum_s32>};
  return variant;
}
