// transpose_conv_s16_sum32, reference: what the host knows of device/mote/nn/transpose_conv/transpose_conv_s16.h.
#include "mote/nn/transpose_conv/transpose_conv_s16.h"

#include "kernels/transpose_conv/transpose_conv_host.h"

namespace {
constexpr mote::kernels::Mix kProduct{.alu = 2, .mul = 1, .load = 2, .branch = 1};
}  // namespace

MOTE_KERNEL_VARIANT(transpose_conv_transpose_conv_s16_sum32_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::transpose_conv<transpose_conv_s16_sum32, kProduct, kernels::kRequantizedOutput, 460>(
          "transpose_conv_s16_sum32", "mote/nn/transpose_conv/transpose_conv_s16.h");
  return variant;
}
