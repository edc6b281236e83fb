// transpose_conv_f32, reference: what the host knows of device/mote/nn/transpose_conv/transpose_conv_f32.h.
#include "mote/nn/transpose_conv/transpose_conv_f32.h"

#include "kernels/transpose_conv/transpose_conv_host.h"

namespace {
constexpr mote::kernels::Mix kProduct{.alu = 1, .load = 2, .branch = 1, .floats = 2};
constexpr mote::kernels::Mix kOutput{.alu = 6, .load = 4, .store = 1, .branch = 3, .floats = 7};
}  // namespace

MOTE_KERNEL_VARIANT(transpose_conv_transpose_conv_f32_reference) {
  using namespace mote;
  static const KernelVariant variant = kernels::transpose_conv<transpose_conv_f32, kProduct, kOutput, 400>(
      "transpose_conv_f32", "mote/nn/transpose_conv/transpose_conv_f32.h");
  return variant;
}
