// mul_s8, reference: what the host knows of it.  Source: device/mote/nn/binary/mul.h.
#include "mote/nn/binary/mul.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_mul_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "mul_s8",
                                     .name = "reference",
                                     .header = "mote/nn/binary/mul.h",
                                     .function = "mul_s8",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 16, .mul = 2, .load = 2, .store = 1, .branch = 2};
                                           return kernels::pair_cost(call, element, 160, target);
                                         },
                                     .run = kernels::run_of<mul_s8>};
  return variant;
}
