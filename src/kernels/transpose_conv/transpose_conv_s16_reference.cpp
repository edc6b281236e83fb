// transpose_conv_s16, reference: what the host knows of device/mote/nn/transpose_conv/transpose_conv_s16.h.
#include "mote/nn/transpose_conv/transpose_conv_s16.h"

#include "kernels/transpose_conv/transpose_conv_host.h"

namespace {
constexpr mote::kernels::Mix kProduct{.alu = 4, .mul = 1, .load = 2, .branch = 1};
constexpr mote::kernels::Mix kOutput{.alu = 28, .mul = 3, .load = 6, .store = 1, .branch = 3};
}  // namespace

MOTE_KERNEL_VARIANT(transpose_conv_transpose_conv_s16_reference) {
  using namespace mote;
  static const KernelVariant variant = kernels::transpose_conv<transpose_conv_s16, kProduct, kOutput, 480>(
      "transpose_conv_s16", "mote/nn/transpose_conv/transpose_conv_s16.h");
  return variant;
}
