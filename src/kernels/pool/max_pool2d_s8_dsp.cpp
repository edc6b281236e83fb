// max_pool2d_s8, dsp: what the host knows of device/mote/nn/pool/pool_s8_dsp.h.
#include "kernels/pool/pool_host.h"
#include "mote/nn/pool/pool_s8_dsp.h"

namespace mote {
namespace {

constexpr kernels::Mix kTap{.alu = 1.0, .load = 0.25, .branch = 0.25};
constexpr kernels::Mix kOutput{.alu = 6, .store = 1, .branch = 1};

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<Pool2dS8Params>(call.params);
  return p.channels >= 4 && p.kernel_h * p.kernel_w <= 255;
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(pool_max_pool2d_s8_dsp) {
  using namespace mote;
  static const KernelVariant variant = [] {
    KernelVariant made =
        kernels::pool<max_pool2d_s8_dsp, kTap, kOutput, 240>("max_pool2d_s8", "mote/nn/pool/pool_s8_dsp.h");
    made.name = "dsp";
    made.function = "max_pool2d_s8_dsp";
    made.needs = [](const Isa& isa) { return isa.has("dsp"); };
    made.fits = fits;
    return made;
  }();
  return variant;
}
