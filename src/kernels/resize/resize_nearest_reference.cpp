// resize_nearest, reference: what the host knows of device/mote/nn/resize/resize_nearest.h.
#include "mote/nn/resize/resize_nearest.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<ResizeNearestParams>(call.params);
  const kernels::Mix word{.alu = 0.5, .load = 1, .store = 1, .branch = 0.25};
  const kernels::Mix pixel =
      p.pixel_bytes / 4.0 * word + kernels::Mix{.alu = 18, .mul = 1, .load = 5, .store = 3, .branch = 5};
  return kernels::cost_of(1.0 * p.batches * p.out_h * p.out_w * pixel, 90, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(resize_resize_nearest_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "resize_nearest",
                                     .name = "reference",
                                     .header = "mote/nn/resize/resize_nearest.h",
                                     .function = "resize_nearest",
                                     .cost = cost,
                                     .run = kernels::run_of<resize_nearest>};
  return variant;
}
