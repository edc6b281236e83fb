// irfft_s16, reference: what the host knows of device/mote/dsp/fft/irfft.h.
#include "mote/dsp/fft/irfft.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<IrfftParams>(call.params);
  // Butterflies of radix 4: n/4 in each stage; each multiplies three numbers by twiddles.  Then n/2 pairs are joined.
  const double n = 0.5 * p.fft_length;
  const kernels::Mix butterfly{.alu = 70, .mul = 20, .load = 16, .store = 8, .branch = 8};
  const kernels::Mix pair{.alu = 50, .mul = 8, .load = 8, .store = 6, .branch = 2};
  return kernels::cost_of(p.frames * (p.stages * n / 4.0 * butterfly + n / 2.0 * pair), 2200, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(fft_irfft_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "irfft_s16",
                                     .name = "reference",
                                     .header = "mote/dsp/fft/irfft.h",
                                     .function = "irfft_s16",
                                     .cost = cost,
                                     .run = kernels::run_of<irfft_s16>};
  return variant;
}
