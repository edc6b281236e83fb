// resize_bilinear_f32, reference: what the host knows of device/mote/nn/resize/resize_bilinear_f32.h.
#include "mote/nn/resize/resize_bilinear_f32.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<ResizeBilinearF32Params>(call.params);
  const kernels::Mix element{.alu = 6, .load = 4, .store = 1, .branch = 1, .floats = 14};
  const kernels::Mix pixel =
      p.channels * element + kernels::Mix{.alu = 24, .mul = 4, .load = 4, .branch = 4, .floats = 10};
  return kernels::cost_of(1.0 * p.batches * p.out_h * p.out_w * pixel, 340, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(resize_resize_bilinear_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "resize_bilinear_f32",
                                     .name = "reference",
                                     .header = "mote/nn/resize/resize_bilinear_f32.h",
                                     .function = "resize_bilinear_f32",
                                     .cost = cost,
                                     .run = kernels::run_of<resize_bilinear_f32>};
  return variant;
}
