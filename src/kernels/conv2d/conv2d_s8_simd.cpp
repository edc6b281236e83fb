// conv2d_s8, simd: what the host knows of device/mote/nn/conv2d/conv2d_s8_simd.h.
#include "mote/nn/conv2d/conv2d_s8_simd.h"

#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/settle.h"
#include "kernels/simd.h"

namespace mote {
namespace {

KernelCall settled_call(const KernelCall& call, const Conv2dS8Params& p) {
  return kernels::settled(call, p, p.out_c, kernels::WeightOrder::OutputFirst);
}
std::optional<Arg> folded_bias(const KernelCall& call, const Conv2dS8Params& p) {
  return kernels::fold_zero_point(call, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputFirst);
}

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const double image = 2.0 * simd_lines(p) * simd_columns(p) * p.in_c;
  if (image > (1 << 28)) return false;  // of scratch
  const KernelCall plain = settled_call(call, p);
  return kernels::fits_simd(plain, kernels::conv2d_s8_facts(plain)) && folded_bias(plain, p).has_value();
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const KernelCall plain = settled_call(call, p);
  const auto weights = kernels::constants_of<std::int8_t>(plain, 1);
  const std::int32_t inputs = p.kernel_h * p.kernel_w * p.in_c;
  const SimdWindow window = simd_window(p);
  kernels::SimdOutputs outputs{p.out_c, window.runs * window.quads, nullptr,
                               kernels::simd_bias(plain, folded_bias(plain, p).value())};
  outputs.weight = [&](std::int32_t o, std::int32_t i) -> std::int32_t {
    const std::int32_t run = i / (4 * window.quads), at = i % (4 * window.quads);
    return at < window.run ? weights[static_cast<std::size_t>(o) * static_cast<std::size_t>(inputs) +
                                     static_cast<std::size_t>(run * window.run + at)]
                           : 0;
  };
  return {call.params, {call.args[0], kernels::simd_stream(plain, outputs), call.args[5]}};
}

std::size_t scratch(const KernelCall& call) {
  return static_cast<std::size_t>(conv2d_s8_simd_scratch(from_block<Conv2dS8Params>(call.params)));
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const double pixels = 1.0 * p.batches * p.out_h * p.out_w, inputs = 1.0 * p.kernel_h * p.kernel_w * p.in_c;
  const double places = kernels::simd_places(p.out_c);
  const double sums = pixels * places * inputs * kernels::simd_product(target);
  const double runs = pixels * places / 16 * simd_window(p).runs * (target.isa.has("avx512-vnni") ? 1 : 12);
  const double image = p.batches * simd_lines(p) * (40.0 + simd_columns(p) * p.in_c / 16.0);
  const kernels::Mix mix{
      .alu = sums / 2 + runs + image + pixels * (10 + places * kernels::simd_output(target)),
      .mul = sums / 2};
  return kernels::cost_of(mix, 12000, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_simd) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "conv2d_s8",
                                     .name = "simd",
                                     .header = "mote/nn/conv2d/conv2d_s8_simd.h",
                                     .function = "conv2d_s8_simd",
                                     .needs = kernels::needs_simd,
                                     .fits = fits,
                                     .pack = pack,
                                     .scratch = scratch,
                                     .rows = kernels::conv2d_s8_rows,
                                     .cost = cost,
                                     .run = kernels::run_of<conv2d_s8_simd>};
  return variant;
}
