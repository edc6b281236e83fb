// extremum_s64, reference: what the host knows of it.  Source: device/mote/nn/binary/extremum.h.
#include "mote/nn/binary/extremum.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_extremum_s64_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "extremum_s64",
                                     .name = "reference",
                                     .header = "mote/nn/binary/extremum.h",
                                     .function = "extremum_s64",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 6, .load = 4, .store = 2, .branch = 3};
                                           return kernels::pair_cost(call, element, 80, target);
                                         },
                                     .run = kernels::run_of<extremum_s64>};
  return variant;
}
