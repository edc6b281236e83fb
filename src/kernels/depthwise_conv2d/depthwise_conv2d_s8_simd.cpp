// depthwise_conv2d_s8, simd: what the host knows of device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_simd.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_simd.h"

#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/settle.h"
#include "kernels/simd.h"

namespace mote {
namespace {

KernelCall settled_call(const KernelCall& call, const DepthwiseConv2dS8Params& p) {
  return kernels::settled(call, p, p.out_c, kernels::WeightOrder::OutputLast);
}
std::optional<Arg> folded_bias(const KernelCall& call, const DepthwiseConv2dS8Params& p) {
  return kernels::fold_zero_point(call, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputLast);
}

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  if (p.depth_multiplier != 1) return false;
  const double image = 1.0 * simd_lines(p) * simd_columns(p) * p.in_c;
  if (image > (1 << 28)) return false;  // of scratch
  const KernelCall plain = settled_call(call, p);
  return kernels::fits_simd(plain, kernels::depthwise_conv2d_s8_facts(plain)) &&
         folded_bias(plain, p).has_value();
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const KernelCall plain = settled_call(call, p);
  const auto weights = kernels::constants_of<std::int8_t>(plain, 1);
  const auto bias = kernels::simd_bias(plain, folded_bias(plain, p).value());
  kernels::SimdOutputs outputs{
      simd_repeat(p) * p.out_c, simd_quads(p.kernel_h) * p.kernel_w, nullptr, {}, p.out_c};
  for (std::int32_t o = 0; o < outputs.count; ++o)
    outputs.bias.push_back(bias[static_cast<std::size_t>(o % p.out_c)]);
  const auto channels = static_cast<std::size_t>(p.out_c);
  // Quad q holds, of four rows from 4·(q / kernel_w) on, column q % kernel_w.
  outputs.weight = [&](std::int32_t o, std::int32_t i) -> std::int32_t {
    const std::int32_t q = i / 4, y = q / p.kernel_w * 4 + i % 4, x = q % p.kernel_w, c = o % p.out_c;
    return y < p.kernel_h ? weights[static_cast<std::size_t>(y * p.kernel_w + x) * channels +
                                    static_cast<std::size_t>(c)]
                          : 0;
  };
  return {call.params, {call.args[0], kernels::simd_stream(plain, outputs), call.args[5]}};
}

std::size_t scratch(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  return static_cast<std::size_t>(depthwise_conv2d_s8_simd_scratch(p));
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c, quads = simd_quads(p.kernel_h);
  // Of 16 outputs: four rows put beside each other, and their products.
  const double columns = outputs / 16 * quads * p.kernel_w * (target.isa.has("avx512-vnni") ? 5 : 45);
  const double image = p.batches * simd_lines(p) * (40.0 + simd_columns(p) * p.in_c / 16.0);
  const kernels::Mix mix{.alu = columns / 2 + image + outputs * kernels::simd_output(target),
                         .mul = columns / 2};
  return kernels::cost_of(mix, 9000, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_simd) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "depthwise_conv2d_s8",
                                     .name = "simd",
                                     .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_simd.h",
                                     .function = "depthwise_conv2d_s8_simd",
                                     .needs = kernels::needs_simd,
                                     .fits = fits,
                                     .pack = pack,
                                     .scratch = scratch,
                                     .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<depthwise_conv2d_s8_simd>};
  return variant;
}
