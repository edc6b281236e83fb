// framer_s16, reference: what the host knows of device/mote/dsp/stream/framer_s16.h.
#include "mote/dsp/stream/framer_s16.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FramerS16Params>(call.params);
  return kernels::cost_of(1.0 * p.rows * p.frames * (p.frame_size + p.capacity) *
                              kernels::Mix{.alu = 0.25, .load = 0.5, .store = 0.5, .branch = 0.25},
                          260, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(stream_framer_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "framer_s16",
                                     .name = "reference",
                                     .header = "mote/dsp/stream/framer_s16.h",
                                     .function = "framer_s16",
                                     .cost = cost,
                                     .run = kernels::run_of<framer_s16>};
  return variant;
}
