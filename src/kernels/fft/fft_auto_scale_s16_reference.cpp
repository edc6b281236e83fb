// fft_auto_scale_s16, reference: what the host knows of device/mote/dsp/fft/fft_auto_scale_s16.h.
#include "mote/dsp/fft/fft_auto_scale_s16.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i is read before it is written: the output may start at the input or below it.
Overlap overlap(const KernelCall&) { return {0, 1, 0, Overlap::Direction::Forward}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<FftAutoScaleS16Params>(call.params);
  return kernels::cost_of(p.count * kernels::Mix{.alu = 6, .load = 2, .store = 1, .branch = 4}, 80, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fft_fft_auto_scale_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "fft_auto_scale_s16",
                                     .name = "reference",
                                     .header = "mote/dsp/fft/fft_auto_scale_s16.h",
                                     .function = "fft_auto_scale_s16",
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<fft_auto_scale_s16>};
  return variant;
}
