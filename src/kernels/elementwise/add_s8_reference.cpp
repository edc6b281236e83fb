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
  // With a zero point of −128 the compiler knows that the input is not negative, without a shift that nothing is rounded.
  const auto has_sign = [](std::int32_t zero_point) { return zero_point == -128 ? 0 : 1; };
  const auto shifts = [](std::int32_t shift) { return shift < 0 ? 1 : 0; };
  kernels::Count count(target);
  count.add(n, {134.7, 33.19, 33.19, 34.67, 41.32});                   // element
  count.add(n * kernels::limited(p), {0.82, 1.88, 1.88, 3.32, 0.45});  // limited element
  count.add(n * (shifts(p.in1_shift) + shifts(p.in2_shift)), {1.07, 0.88, 0.88, 0.37, 0.26});  // shift
  count.add(n * ((1 - shifts(p.in1_shift)) * has_sign(p.in1_zero_point) +
                 (1 - shifts(p.in2_shift)) * has_sign(p.in2_zero_point)),
            {6.4, 6.9, 6.9, 7.86, 2.62});  // signed input
  count.add(n * (shifts(p.in1_shift) * has_sign(p.in1_zero_point) +
                 shifts(p.in2_shift) * has_sign(p.in2_zero_point)),
            {24.69, 11.91, 11.91, 11.14, 5.22});  // signed shift
  count.add(1, {162.86, 0, 0, 31.1, 22.04});      // sum
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
