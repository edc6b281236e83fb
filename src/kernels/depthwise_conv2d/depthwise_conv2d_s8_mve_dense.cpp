// depthwise_conv2d_s8, mve_dense: of a single input channel it is a convolution, with the weights the other way round.
#include "kernels/conv2d/conv2d_s8_mve.h"
#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"

namespace mote {
namespace {

Conv2dS8Params params_of(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  Conv2dS8Params conv{};
  conv.batches = p.batches;
  conv.in_h = p.in_h, conv.in_w = p.in_w, conv.in_c = p.in_c;
  conv.out_h = p.out_h, conv.out_w = p.out_w, conv.out_c = p.out_c;
  conv.kernel_h = p.kernel_h, conv.kernel_w = p.kernel_w;
  conv.stride_h = p.stride_h, conv.stride_w = p.stride_w;
  conv.dilation_h = p.dilation_h, conv.dilation_w = p.dilation_w;
  conv.pad_top = p.pad_top, conv.pad_left = p.pad_left;
  conv.in_zero_point = p.in_zero_point, conv.out_zero_point = p.out_zero_point;
  conv.act_min = p.act_min, conv.act_max = p.act_max;
  return conv;
}

/// The same call of conv2d_s8; its weights must be constant.
KernelCall as_convolution(const KernelCall& call) {
  const Conv2dS8Params p = params_of(call);
  const auto weights = kernels::constants_of<std::int8_t>(call, 1);
  const auto outputs = static_cast<std::size_t>(p.out_c), taps = weights.size() / outputs;
  std::vector<std::int8_t> turned(weights.size());
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t t = 0; t < taps; ++t) turned[o * taps + t] = weights[t * outputs + o];
  }
  KernelCall convolution{"conv2d_s8", to_block(p), call.args};
  const auto& name = std::get<Arg::Rom>(call.args[1].what).constant->name;
  convolution.args[1] =
      rom_arg(name, DType::S8, {p.out_c, p.kernel_h, p.kernel_w, 1}, turned, Constant::Role::Weights);
  return convolution;
}

bool fits(const KernelCall& call, const Facts& facts) {
  return from_block<DepthwiseConv2dS8Params>(call.params).in_c == 1 &&
         kernels::requantizes_to_the_right(call, facts, -1) &&
         kernels::conv2d_mve_fits<false>(as_convolution(call), facts);
}

Packed pack(const KernelCall& call) { return kernels::conv2d_mve_pack(as_convolution(call)); }

std::size_t scratch(const KernelCall& call) {
  return static_cast<std::size_t>(conv2d_s8_mve_scratch(params_of(call)));
}

Cost cost(const KernelCall& call, const Target& target) {
  return kernels::conv2d_mve_cost<false>({"conv2d_s8", to_block(params_of(call)), {}}, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_mve_dense) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "depthwise_conv2d_s8",
                                     .name = "mve_dense",
                                     .header = "mote/nn/conv2d/conv2d_s8_mve.h",
                                     .function = "conv2d_s8_mve",
                                     .needs = kernels::needs_mve,
                                     .fits = fits,
                                     .pack = pack,
                                     .scratch = scratch,
                                     .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<conv2d_s8_mve>};
  return variant;
}
