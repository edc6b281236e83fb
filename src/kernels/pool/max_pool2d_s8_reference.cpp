// max_pool2d_s8, reference: what the host knows of device/mote/nn/pool/max_pool2d_s8.h.
#include "mote/nn/pool/max_pool2d_s8.h"

#include "kernels/pool/pool_host.h"

namespace {
constexpr mote::kernels::Mix kTap{.alu = 6, .load = 1, .branch = 2};
constexpr mote::kernels::Mix kOutput{.alu = 10, .store = 1, .branch = 3};
}  // namespace

MOTE_KERNEL_VARIANT(pool_max_pool2d_s8_reference) {
  using namespace mote;
  static const KernelVariant variant =
      kernels::pool<max_pool2d_s8, kTap, kOutput, 160>("max_pool2d_s8", "mote/nn/pool/max_pool2d_s8.h");
  return variant;
}
