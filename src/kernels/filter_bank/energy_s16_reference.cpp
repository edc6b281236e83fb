// energy_s16, reference: what the host knows of device/mote/dsp/filter_bank/energy_s16.h.
#include "mote/dsp/filter_bank/energy_s16.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i is read before it is written: the output may start at the input or below it.
Overlap overlap(const KernelCall&) { return {0, 1, 0, Overlap::Direction::Forward}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<EnergyS16Params>(call.params);
  return kernels::cost_of(p.count * kernels::Mix{.alu = 4, .mul = 2, .load = 2, .store = 1, .branch = 2}, 60,
                          target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(filter_bank_energy_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "energy_s16",
                                     .name = "reference",
                                     .header = "mote/dsp/filter_bank/energy_s16.h",
                                     .function = "energy_s16",
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<energy_s16>};
  return variant;
}
