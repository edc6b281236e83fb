// stacker_s16, reference: what the host knows of device/mote/dsp/stream/stacker_s16.h.
#include "mote/dsp/stream/stacker_s16.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<StackerS16Params>(call.params);
  return kernels::cost_of(
      2.0 * p.count * kernels::Mix{.alu = 0.25, .load = 0.5, .store = 0.5, .branch = 0.25}, 200, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(stream_stacker_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "stacker_s16",
                                     .name = "reference",
                                     .header = "mote/dsp/stream/stacker_s16.h",
                                     .function = "stacker_s16",
                                     .cost = cost,
                                     .run = kernels::run_of<stacker_s16>};
  return variant;
}
