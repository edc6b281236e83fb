// depthwise_conv2d_s8, dsp_lines: what the host knows of device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp_lines.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp_lines.h"

#include "kernels/depthwise_conv2d/depthwise_conv2d_s8_dsp.h"

namespace mote {
namespace {

bool fits(const KernelCall& call, const Facts& facts) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const bool three = p.kernel_h == 3 && p.kernel_w == 3 && p.dilation_h == 1 && p.dilation_w == 1;
  const bool strides = p.stride_h >= 1 && p.stride_h <= 2 && p.stride_w >= 1 && p.stride_w <= 2;
  return three && strides && kernels::depthwise_dsp_fits(call, facts);
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const KernelCall plain = kernels::depthwise_settled(call);
  const auto weights = kernels::constants_of<std::int8_t>(plain, 1);
  const bool columns = lines_are_columns(p);
  std::vector<std::int32_t> words;
  for (std::int32_t c = 0; c < p.in_c; ++c) {
    for (std::int32_t along = 0; along < 3; ++along) {
      const auto doubled = [&](std::int32_t across) {
        const std::int32_t tap = columns ? along * 3 + across : across * 3 + along;
        return 2 * weights[static_cast<std::size_t>(tap * p.in_c + c)];
      };
      words.push_back(kernels::word_of(doubled(0), doubled(1)));
      words.push_back(kernels::word_of(doubled(1), doubled(2)));
    }
  }
  Packed packed{plain.params, plain.args};
  const auto bias =
      kernels::fold_zero_point(plain, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputLast);
  kernels::pack_row_arguments(words, p.in_c, *bias, kernels::RowStart::Doubled, 1, true, plain, packed);
  return packed;
}

std::size_t scratch(const KernelCall& call) {
  return static_cast<std::size_t>(
      depthwise_conv2d_s8_dsp_lines_scratch(from_block<DepthwiseConv2dS8Params>(call.params)));
}

/// Counted on an emulated Cortex-M4F, arm-none-eabi-gcc 12 -O2, parameters known at compile time.
Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const bool columns = lines_are_columns(p);
  const LineAxis along = columns ? vertical_axis(p) : horizontal_axis(p);
  const LineAxis across = columns ? horizontal_axis(p) : vertical_axis(p);
  const double length = line_length(along);
  const double turns = across.stride == 1 ? (across.out + 1) / 2 : across.out;
  const kernels::Mix position{.alu = 12, .load = 2, .store = 4, .branch = 1};  // four channels of two lines
  const kernels::Mix output{
      .alu = 6, .mul = 7, .load = across.stride == 1 ? 4.0 : 6.0, .store = 1, .branch = 1};
  const kernels::Mix line{.alu = 12, .load = 12, .store = 6, .branch = 2};  // of a channel
  const kernels::Mix turn{.alu = 40, .load = 10, .store = 6, .branch = 6};
  const double outputs = 1.0 * p.out_h * p.out_w * p.in_c;
  return kernels::cost_of(
      p.batches *
          (p.in_c / 4 * ((turns + 1) * (length * position + turn) + turns * 4 * line) + outputs * output),
      1200, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_dsp_lines) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "depthwise_conv2d_s8",
                                     .name = "dsp_lines",
                                     .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp_lines.h",
                                     .function = "depthwise_conv2d_s8_dsp_lines",
                                     .needs = [](const Isa& isa) { return isa.has("dsp"); },
                                     .fits = fits,
                                     .pack = pack,
                                     .scratch = scratch,
                                     .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<depthwise_conv2d_s8_dsp_lines>};
  return variant;
}
