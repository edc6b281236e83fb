// depthwise_conv2d_s8, reference: what the host knows of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8.h.
#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/variant.h"
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8.h"

namespace mote {
namespace {

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const double outputs = 1.0 * p.batches * p.out_h * p.out_w * p.out_c;
  const kernels::Mix product{.alu = 10, .mul = 1, .load = 2, .branch = 2};  // with addresses and bounds tests
  return kernels::cost_of(outputs * p.kernel_h * p.kernel_w * product + outputs * kernels::kRequantizedOutput,
                          370, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_reference) {
  using namespace mote;
  static const KernelVariant variant{
      .kernel = "depthwise_conv2d_s8",
      .name = "reference",
      .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8.h",
      .function = "depthwise_conv2d_s8",
      .facts = kernels::depthwise_conv2d_s8_facts,
      .overlap = kernels::depthwise_conv2d_overlap<DepthwiseConv2dS8Params, 5, 1>,
      .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
      .band = kernels::depthwise_conv2d_band<DepthwiseConv2dS8Params>,
      .cost = cost,
      .run = kernels::run_of<depthwise_conv2d_s8>};
  return variant;
}
