// filter_bank_square_root_u64, reference: what the host knows of device/mote/dsp/filter_bank/filter_bank_square_root_u64.h.
#include "mote/dsp/filter_bank/filter_bank_square_root_u64.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i is read before it is written: the output may start at the input or below it.
Overlap overlap(const KernelCall&) { return {0, 2, 0, Overlap::Direction::Forward}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FilterBankSquareRootU64Params>(call.params);
  return kernels::cost_of(p.channels * kernels::Mix{.alu = 220, .load = 2, .store = 1, .branch = 40}, 200,
                          target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(filter_bank_filter_bank_square_root_u64_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "filter_bank_square_root_u64",
                                     .name = "reference",
                                     .header = "mote/dsp/filter_bank/filter_bank_square_root_u64.h",
                                     .function = "filter_bank_square_root_u64",
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<filter_bank_square_root_u64>};
  return variant;
}
