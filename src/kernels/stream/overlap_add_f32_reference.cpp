// overlap_add_f32, reference: what the host knows of device/mote/dsp/stream/overlap_add.h.
#include "mote/dsp/stream/overlap_add.h"

#include "kernels/variant.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<OverlapAddParams>(call.params);
  return kernels::cost_of(
      1.0 * p.rows * p.frames * p.frame_size * kernels::Mix{.alu = 5, .load = 3, .store = 2, .branch = 3},
      200, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(stream_overlap_add_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "overlap_add_f32",
                                     .name = "reference",
                                     .header = "mote/dsp/stream/overlap_add.h",
                                     .function = "overlap_add_f32",
                                     .cost = cost,
                                     .run = kernels::run_of<overlap_add_f32>};
  return variant;
}
