// average_pool2d_s8, simd: what the host knows of device/mote/nn/pool/average_pool2d_s8_simd.h.
#include "mote/nn/pool/average_pool2d_s8_simd.h"

#include "kernels/pool/pool_host.h"
#include "kernels/simd.h"

namespace mote {
namespace {

constexpr kernels::Mix kTap{.alu = 0.4, .load = 0.2};
constexpr kernels::Mix kOutput{.alu = 8, .load = 1, .store = 1, .branch = 1, .divide = 1};

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(pool_average_pool2d_s8_simd) {
  using namespace mote;
  static const KernelVariant variant = [] {
    KernelVariant made = kernels::pool<average_pool2d_s8_simd, kTap, kOutput, 600>(
        "average_pool2d_s8", "mote/nn/pool/average_pool2d_s8_simd.h");
    made.name = "simd";
    made.function = "average_pool2d_s8_simd";
    made.needs = kernels::needs_simd;
    made.overlap = nullptr;
    made.band = nullptr;
    return made;
  }();
  return variant;
}
