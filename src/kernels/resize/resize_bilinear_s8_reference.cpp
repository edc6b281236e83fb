// resize_bilinear_s8, reference: what the host knows of device/mote/nn/resize/resize_bilinear_s8.h.
#include "mote/nn/resize/resize_bilinear_s8.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<ResizeBilinearS8Params>(call.params);
  const kernels::Mix element{.alu = 10, .mul = 8, .load = 4, .store = 1, .branch = 1};
  const kernels::Mix pixel = p.channels * element + kernels::Mix{.alu = 26, .mul = 6, .load = 4, .branch = 4};
  return kernels::cost_of(1.0 * p.batches * p.out_h * p.out_w * pixel, 260, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(resize_resize_bilinear_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "resize_bilinear_s8",
                                     .name = "reference",
                                     .header = "mote/nn/resize/resize_bilinear_s8.h",
                                     .function = "resize_bilinear_s8",
                                     .cost = cost,
                                     .run = kernels::run_of<resize_bilinear_s8>};
  return variant;
}
