// add_n_s8, reference: what the host knows of it.  Source: device/mote/nn/binary/add_n.h.
#include "mote/nn/binary/add_n.h"

#include "kernels/binary/add_n_host.h"

MOTE_KERNEL_VARIANT(binary_add_n_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "add_n_s8",
                                     .name = "reference",
                                     .header = "mote/nn/binary/add_n.h",
                                     .function = "add_n_s8",
                                     .overlap = kernels::add_n_overlap,
                                     .cost = kernels::add_n_cost<AddNS8Params>,
                                     .run = kernels::run_of<add_n_s8>};
  return variant;
}
