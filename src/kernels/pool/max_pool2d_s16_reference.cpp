// max_pool2d_s16, reference: what the host knows of device/mote/nn/pool/max_pool2d_s16.h.
#include "mote/nn/pool/max_pool2d_s16.h"

#include "kernels/pool/pool_host.h"

namespace {
constexpr mote::kernels::Mix kTap{.alu = 6, .load = 1, .branch = 1};
constexpr mote::kernels::Mix kOutput{.alu = 12, .store = 1, .branch = 3};
}  // namespace

MOTE_KERNEL_VARIANT(pool_max_pool2d_s16_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pool<max_pool2d_s16, kTap, kOutput, 180>("max_pool2d_s16", "mote/nn/pool/max_pool2d_s16.h");
  return variant;
}
