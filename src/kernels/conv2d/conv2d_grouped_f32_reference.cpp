// conv2d_grouped_f32, reference: what the host knows of device/mote/nn/conv2d/conv2d_grouped_f32.h.
#include "mote/nn/conv2d/conv2d_grouped_f32.h"

#include "kernels/conv2d/conv2d_grouped_host.h"

namespace {
constexpr mote::kernels::Mix kProduct{.alu = 1, .load = 2, .branch = 1, .floats = 2};
constexpr mote::kernels::Mix kOutput{.alu = 6, .load = 4, .store = 1, .branch = 3, .floats = 7};
}  // namespace

MOTE_KERNEL_VARIANT(conv2d_conv2d_grouped_f32_reference) {
  using namespace mote;
  static const KernelVariant variant = kernels::grouped_conv2d<conv2d_grouped_f32, kProduct, kOutput, 340>(
      "conv2d_grouped_f32", "mote/nn/conv2d/conv2d_grouped_f32.h");
  return variant;
}
