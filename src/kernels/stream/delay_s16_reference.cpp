// delay_s16, reference: what the host knows of device/mote/dsp/stream/delay_s16.h.
#include "mote/dsp/stream/delay_s16.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DelayS16Params>(call.params);
  return kernels::cost_of(1.0 * p.rows * (p.length + p.delay) *
                              kernels::Mix{.alu = 0.25, .load = 0.5, .store = 0.5, .branch = 0.25},
                          160, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(stream_delay_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "delay_s16",
                                     .name = "reference",
                                     .header = "mote/dsp/stream/delay_s16.h",
                                     .function = "delay_s16",
                                     .cost = cost,
                                     .run = kernels::run_of<delay_s16>};
  return variant;
}
