// div_f32, reference: what the host knows of it.  Source: device/mote/nn/binary/div_f32.h.
#include "mote/nn/binary/div_f32.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_div_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "div_f32",
                                     .name = "reference",
                                     .header = "mote/nn/binary/div_f32.h",
                                     .function = "div_f32",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 4, .load = 2, .store = 1, .branch = 3, .floats = 20};
                                           return kernels::pair_cost(call, element, 90, target);
                                         },
                                     .run = kernels::run_of<div_f32>};
  return variant;
}
