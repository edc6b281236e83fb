// conv2d_grouped_s8, reference: what the host knows of device/mote/nn/conv2d/conv2d_grouped_s8.h.
#include "mote/nn/conv2d/conv2d_grouped_s8.h"

#include "kernels/conv2d/conv2d_grouped_host.h"

namespace {
constexpr mote::kernels::Mix kProduct{.alu = 2, .mul = 1, .load = 2, .branch = 1};
}  // namespace

MOTE_KERNEL_VARIANT(conv2d_conv2d_grouped_s8_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::grouped_conv2d<conv2d_grouped_s8, kProduct, kernels::kRequantizedOutput, 400>(
          "conv2d_grouped_s8", "mote/nn/conv2d/conv2d_grouped_s8.h");
  return variant;
}
