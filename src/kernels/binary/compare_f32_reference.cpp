// compare_f32, reference: what the host knows of it.  Source: device/mote/nn/binary/compare_f32.h.
#include "mote/nn/binary/compare_f32.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_compare_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "compare_f32",
                                     .name = "reference",
                                     .header = "mote/nn/binary/compare_f32.h",
                                     .function = "compare_f32",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 5, .load = 2, .store = 1, .branch = 5, .floats = 5};
                                           return kernels::pair_cost(call, element, 90, target);
                                         },
                                     .run = kernels::run_of<compare_f32>};
  return variant;
}
