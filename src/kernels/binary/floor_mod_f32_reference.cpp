// floor_mod_f32, reference: what the host knows of it.  Source: device/mote/nn/binary/floor_div_f32.h.
#include "mote/nn/binary/floor_div_f32.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_floor_mod_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "floor_mod_f32",
                                     .name = "reference",
                                     .header = "mote/nn/binary/floor_div_f32.h",
                                     .function = "floor_mod_f32",
                                     .overlap = kernels::pair_overlap,
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 120, .load = 2, .store = 1, .branch = 60, .floats = 20};
                                           return kernels::pair_cost(call, element, 480, target);
                                         },
                                     .run = kernels::run_of<floor_mod_f32>};
  return variant;
}
