// add_s8, reference: what the host knows of device/mote/nn/elementwise/add_s8.h.
#include "mote/nn/elementwise/add_s8.h"

#include "kernels/counts.h"
#include "kernels/variant.h"

namespace mote {
namespace {

/// Element i of the output depends on element i of the inputs alone, and both are read before it is written;
/// an output that starts below writes only where all has been read.  The same holds for the second input.
Overlap overlap(const KernelCall&) { return {0, 2, 0, Overlap::Direction::Forward, 1}; }

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<AddS8Params>(call.params);
  const double n = p.count;
  // With a zero point of −128 the compiler knows that an input is not negative; one of them is shifted to the other's scale.
  const bool signed_1 = p.in1_zero_point != -128, signed_2 = p.in2_zero_point != -128;
  const bool shifted = p.in1_shift < 0 ? signed_1 : signed_2, other = p.in1_shift < 0 ? signed_2 : signed_1;
  kernels::Count count(target);
  count.add(!shifted && !other ? n : 0, {135.51, 33.97, 33.97, 35.17, 41.83});  // element, no input negative
  count.add(!shifted && other ? n : 0,
            {142.45, 41.09, 41.09, 43.01, 44.75});  // element, the unshifted input negative
  count.add(shifted && !other ? n : 0,
            {158.3, 45.1, 45.1, 46.73, 46.97});  // element, the shifted input negative
  count.add(shifted && other ? n : 0, {160.09, 44.82, 44.82, 46.97, 46.8});  // element, both negative
  count.add(n * kernels::limited(p), {2.18, 2.8, 2.8, 3.33, 1.11});          // limited element
  count.add(1, {93.98, 0, 0, 17.4, 7});                                      // sum
  return count.cost({.alu = 34, .mul = 3, .load = 4, .store = 1, .branch = 2}, 210);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(elementwise_add_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "add_s8",
                                     .name = "reference",
                                     .header = "mote/nn/elementwise/add_s8.h",
                                     .function = "add_s8",
                                     .overlap = overlap,
                                     .band = kernels::elementwise_band<AddS8Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<add_s8>};
  return variant;
}
