// pcan_u32, reference: what the host knows of device/mote/dsp/filter_bank/pcan_u32.h.
#include "mote/dsp/filter_bank/pcan_u32.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i is read before it is written: the output may start at the input or below it.
Overlap overlap(const KernelCall&) { return {0, 3, 0, Overlap::Direction::Forward}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<PcanU32Params>(call.params);
  return kernels::cost_of(p.channels * kernels::Mix{.alu = 60, .mul = 4, .load = 5, .store = 1, .branch = 20},
                          160, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(filter_bank_pcan_u32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "pcan_u32",
                                     .name = "reference",
                                     .header = "mote/dsp/filter_bank/pcan_u32.h",
                                     .function = "pcan_u32",
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<pcan_u32>};
  return variant;
}
