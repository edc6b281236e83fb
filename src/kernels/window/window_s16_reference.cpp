// window_s16, reference: what the host knows of device/mote/dsp/window/window_s16.h.
#include "mote/dsp/window/window_s16.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i is read before it is written: the output may start at the input or below it.
Overlap overlap(const KernelCall&) { return {0, 2, 0, Overlap::Direction::Forward}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<WindowS16Params>(call.params);
  return kernels::cost_of(
      1.0 * p.frames * p.length * kernels::Mix{.alu = 5, .mul = 1, .load = 2, .store = 1, .branch = 1}, 60,
      target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(window_window_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "window_s16",
                                     .name = "reference",
                                     .header = "mote/dsp/window/window_s16.h",
                                     .function = "window_s16",
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<window_s16>};
  return variant;
}
