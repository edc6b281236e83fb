// add_sub_f32, reference: what the host knows of it.  Source: device/mote/nn/binary/add_sub_f32.h.
#include "mote/nn/binary/add_sub_f32.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_add_sub_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "add_sub_f32",
                                     .name = "reference",
                                     .header = "mote/nn/binary/add_sub_f32.h",
                                     .function = "add_sub_f32",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 4, .load = 2, .store = 1, .branch = 3, .floats = 8};
                                           return kernels::pair_cost(call, element, 100, target);
                                         },
                                     .run = kernels::run_of<add_sub_f32>};
  return variant;
}
