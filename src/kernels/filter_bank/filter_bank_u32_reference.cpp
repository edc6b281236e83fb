// filter_bank_u32, reference: what the host knows of device/mote/dsp/filter_bank/filter_bank_u32.h.
#include "mote/dsp/filter_bank/filter_bank_u32.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FilterBankU32Params>(call.params);
  double energies = 0;
  for (const std::int16_t width : kernels::constants_of<std::int16_t>(call, 5)) energies += width;
  const kernels::Mix energy{.alu = 6, .mul = 4, .load = 3, .branch = 2},
      slope{.alu = 8, .load = 3, .store = 2, .branch = 3};
  return kernels::cost_of(energies * energy + (p.channels + 1.0) * slope, 140, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(filter_bank_filter_bank_u32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "filter_bank_u32",
                                     .name = "reference",
                                     .header = "mote/dsp/filter_bank/filter_bank_u32.h",
                                     .function = "filter_bank_u32",
                                     .cost = cost,
                                     .run = kernels::run_of<filter_bank_u32>};
  return variant;
}
