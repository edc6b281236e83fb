// average_pool2d_s8, mve: what the host knows of device/mote/nn/pool/pool_s8_mve.h.
#include "kernels/mve.h"
#include "kernels/pool/pool_host.h"
#include "mote/nn/pool/pool_s8_mve.h"

namespace mote {
namespace {

constexpr kernels::Mix kTap{.alu = 0.4, .load = 0.125, .branch = 0.125};
constexpr kernels::Mix kOutput{.alu = 12, .load = 3, .store = 1.5, .branch = 3, .divide = 1};

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  return p.kernel_h * p.kernel_w <= 255 && kernels::no_window_is_empty(p);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(pool_average_pool2d_s8_mve) {
  using namespace mote;
  static const KernelVariant variant = [] {
    KernelVariant made = kernels::pool<average_pool2d_s8_mve, kTap, kOutput, 300>(
        "average_pool2d_s8", "mote/nn/pool/pool_s8_mve.h");
    made.name = "mve";
    made.function = "average_pool2d_s8_mve";
    made.needs = kernels::needs_mve;
    made.fits = fits;
    return made;
  }();
  return variant;
}
