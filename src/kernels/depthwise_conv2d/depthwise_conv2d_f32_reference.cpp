// depthwise_conv2d_f32, reference: what the host knows of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_f32.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_f32.h"

#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dF32Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  const double taps = outputs * p.kernel_h * p.kernel_w;
  const kernels::Mix product{
      .alu = 10, .load = 2, .branch = 2, .floats = 2};  // with addresses and bounds tests
  const kernels::Mix output{.alu = 6, .load = 4, .store = 1, .branch = 3, .floats = 7};
  return kernels::cost_of(taps * product + outputs * output, 320, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_f32_reference) {
  using namespace mote;
  static const KernelVariant variant{
      .kernel = "depthwise_conv2d_f32",
      .name = "reference",
      .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_f32.h",
      .function = "depthwise_conv2d_f32",
      .overlap = kernels::depthwise_conv2d_overlap<DepthwiseConv2dF32Params, 3, 4>,
      .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dF32Params>,
      .band = kernels::depthwise_conv2d_band<DepthwiseConv2dF32Params>,
      .cost = cost,
      .run = kernels::run_of<depthwise_conv2d_f32>};
  return variant;
}
