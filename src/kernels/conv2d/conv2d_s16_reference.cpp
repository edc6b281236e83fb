// conv2d_s16, reference: what the host knows of device/mote/nn/conv2d/conv2d_s16.h.
#include "mote/nn/conv2d/conv2d_s16.h"

#include "kernels/conv2d/conv2d_grouped_host.h"

namespace {
constexpr mote::kernels::Mix kProduct{.alu = 4, .mul = 1, .load = 2, .branch = 1};
constexpr mote::kernels::Mix kOutput{.alu = 28, .mul = 3, .load = 6, .store = 1, .branch = 3};
}  // namespace

MOTE_KERNEL_VARIANT(conv2d_conv2d_s16_reference) {
  using namespace mote;
  static const KernelVariant variant = kernels::grouped_conv2d<conv2d_s16, kProduct, kOutput, 420>(
      "conv2d_s16", "mote/nn/conv2d/conv2d_s16.h");
  return variant;
}
