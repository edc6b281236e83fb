// max_pool2d_s16, reference: what the host knows of device/mote/nn/pool/max_pool2d_s16.h.
#include "mote/nn/pool/max_pool2d_s16.h"

#include "kernels/variant.h"
#include "kernels/window.h"

namespace mote {
namespace {

/// Channel c follows from input channels c alone, which are read before it is written.
Overlap overlap(const KernelCall& call) {
  const auto p = from_block<Pool2dS16Params>(call.params);
  const auto order = kernels::PixelOrder::ChannelByChannel;
  return {0, 1, kernels::window_distance(p, p.channels, p.channels, order, 2), Overlap::Direction::Forward};
}

RowSpan rows(const KernelCall& call, RowSpan out) {
  return kernels::window_rows(from_block<Pool2dS16Params>(call.params), 1, out);
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Pool2dS16Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.channels;
  const kernels::Mix tap{.alu = 6, .load = 1, .branch = 1};
  const kernels::Mix output{.alu = 12, .store = 1, .branch = 3};
  return kernels::cost_of(outputs * p.kernel_h * p.kernel_w * tap + outputs * output, 180, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(pool_max_pool2d_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "max_pool2d_s16",
                                     .name = "reference",
                                     .header = "mote/nn/pool/max_pool2d_s16.h",
                                     .function = "max_pool2d_s16",
                                     .overlap = overlap,
                                     .rows = rows,
                                     .cost = cost,
                                     .run = kernels::run_of<max_pool2d_s16>};
  return variant;
}
