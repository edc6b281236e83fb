// max_pool2d_f32, reference: what the host knows of device/mote/nn/pool/max_pool2d_f32.h.
#include "mote/nn/pool/max_pool2d_f32.h"

#include "kernels/pool/pool_host.h"

namespace {
constexpr mote::kernels::Mix kTap{.alu = 2, .load = 1, .branch = 2, .floats = 3};
constexpr mote::kernels::Mix kOutput{.alu = 10, .store = 1, .branch = 3, .floats = 6};
}  // namespace

MOTE_KERNEL_VARIANT(pool_max_pool2d_f32_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pool<max_pool2d_f32, kTap, kOutput, 200>("max_pool2d_f32", "mote/nn/pool/max_pool2d_f32.h");
  return variant;
}
