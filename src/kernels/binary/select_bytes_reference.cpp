// select_bytes, reference: what the host knows of it.  Source: device/mote/nn/binary/select.h.
#include "mote/nn/binary/select.h"

#include "kernels/binary/pair_host.h"

MOTE_KERNEL_VARIANT(binary_select_bytes_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "select_bytes",
                                     .name = "reference",
                                     .header = "mote/nn/binary/select.h",
                                     .function = "select_bytes",
                                     .cost =
                                         [](const KernelCall& call, const Target& target) {
                                           constexpr kernels::Mix element{
                                               .alu = 8, .mul = 2, .load = 2, .store = 1, .branch = 3};
                                           return kernels::pair_cost(call, element, 160, target);
                                         },
                                     .run = kernels::run_of<select_bytes>};
  return variant;
}
