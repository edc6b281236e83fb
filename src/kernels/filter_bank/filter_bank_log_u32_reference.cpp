// filter_bank_log_u32, reference: what the host knows of device/mote/dsp/filter_bank/filter_bank_log_u32.h.
#include "mote/dsp/filter_bank/filter_bank_log_u32.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i is read before it is written: the output may start at the input or below it.
Overlap overlap(const KernelCall&) { return {0, 2, 0, Overlap::Direction::Forward}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FilterBankLogU32Params>(call.params);
  return kernels::cost_of(p.channels * kernels::Mix{.alu = 70, .mul = 3, .load = 3, .store = 1, .branch = 24},
                          160, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(filter_bank_filter_bank_log_u32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "filter_bank_log_u32",
                                     .name = "reference",
                                     .header = "mote/dsp/filter_bank/filter_bank_log_u32.h",
                                     .function = "filter_bank_log_u32",
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<filter_bank_log_u32>};
  return variant;
}
