// softmax_s8, reference: what the host knows of device/mote/nn/softmax/softmax_s8.h.
#include "mote/nn/softmax/softmax_s8.h"

#include "kernels/variant.h"

namespace mote {
namespace {

/// A row's maximum (in int8 its sum, too) is known before its first output is written, and each element is
/// read for the last time before its output is; rows follow one another upwards.
Overlap overlap(const KernelCall&) { return {0, 1, 0, Overlap::Direction::Forward}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<SoftmaxS8Params>(call.params);
  const kernels::Mix element{.alu = 90, .mul = 26, .load = 4, .store = 1, .branch = 14};
  return kernels::cost_of(1.0 * p.rows * p.depth * element, 1170, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(softmax_softmax_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "softmax_s8",
                                     .name = "reference",
                                     .header = "mote/nn/softmax/softmax_s8.h",
                                     .function = "softmax_s8",
                                     .overlap = overlap,
                                     .cost = cost,
                                     .run = kernels::run_of<softmax_s8>};
  return variant;
}
