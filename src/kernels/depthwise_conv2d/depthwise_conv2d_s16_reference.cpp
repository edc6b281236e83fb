// depthwise_conv2d_s16, reference: what the host knows of device/mote/nn/depthwise_conv2d/depthwise_conv2d_s16.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s16.h"

#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS16Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  const double taps = outputs * p.kernel_h * p.kernel_w;
  const kernels::Mix product{.alu = 4, .mul = 1, .load = 2, .branch = 1};
  const kernels::Mix tap{.alu = 7, .branch = 2};  // addresses and bounds tests
  const kernels::Mix output{.alu = 28, .mul = 3, .load = 6, .store = 1, .branch = 3};
  return kernels::cost_of(taps * product + taps * tap + outputs * output, 420, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s16_reference) {
  using namespace mote;
  static const KernelVariant variant{
      .kernel = "depthwise_conv2d_s16",
      .name = "reference",
      .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s16.h",
      .function = "depthwise_conv2d_s16",
      .overlap = kernels::depthwise_conv2d_overlap<DepthwiseConv2dS16Params, 5, 2>,
      .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS16Params>,
      .cost = cost,
      .run = kernels::run_of<depthwise_conv2d_s16>};
  return variant;
}
