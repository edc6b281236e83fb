// l2_pool2d_f32, reference: what the host knows of device/mote/nn/pool/l2_pool2d_f32.h.
#include "mote/nn/pool/l2_pool2d_f32.h"

#include "kernels/pool/pool_host.h"

namespace {
constexpr mote::kernels::Mix kTap{.alu = 4, .load = 1, .branch = 1, .floats = 2};
constexpr mote::kernels::Mix kOutput{.alu = 200, .store = 1, .branch = 60, .floats = 6};
}  // namespace

MOTE_KERNEL_VARIANT(pool_l2_pool2d_f32_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pool<l2_pool2d_f32, kTap, kOutput, 420>("l2_pool2d_f32", "mote/nn/pool/l2_pool2d_f32.h");
  return variant;
}
