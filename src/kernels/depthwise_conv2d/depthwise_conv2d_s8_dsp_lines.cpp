// depthwise_conv2d_s8, dsp_lines: what the host knows of device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp_lines.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_dsp_lines.h"

#include "kernels/counts.h"
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

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<DepthwiseConv2dS8Params>(call.params);
  const bool columns = lines_are_columns(p);
  const LineAxis along = columns ? vertical_axis(p) : horizontal_axis(p);
  const LineAxis across = columns ? horizontal_axis(p) : vertical_axis(p);
  const double length = line_length(along), inside = std::min<double>(along.in, length - along.pad);
  const double fours = p.batches * ((p.in_c + 3) / 4), lines = 1.0 * p.batches * across.out * p.in_c;
  const double outputs = lines * along.out;
  const std::int32_t turns = across.stride == 1 ? (across.out + 1) / 2 : across.out;
  const double pairs = turns + 1;  // of lines, packed; of some a line lies outside the image
  double edges = 0;
  for (std::int32_t i = 0; i <= turns; ++i) {
    const std::int32_t line = 2 * i - across.pad;
    edges += line >= 0 && line + 1 < across.in ? 0 : 1;
  }
  kernels::Count count(target);
  count.add(fours * (pairs - edges) * inside, {0, 0, 18.21, 19.04, 0});     // position
  count.add(fours * edges * inside, {0, 0, 16.61, 18.29, 0});               // position at the edge
  count.add(fours * pairs * (length - inside), {0, 0, 0.65, 15.12, 0});     // padding
  count.add(fours * pairs, {0, 0, 0, 22.8, 0});                             // packing
  count.add(lines, {0, 0, 44.03, 25.1, 0});                                 // line
  count.add(lines * (along.out % 2), {0, 0, 0, 2.45, 0});                   // odd line
  count.add(outputs * (1 - kernels::limited(p)), {0, 0, 18.82, 19.33, 0});  // output
  count.add(outputs * kernels::limited(p), {0, 0, 32.95, 32.14, 0});        // limited output
  return count.cost({.alu = 8, .mul = 7, .load = 6, .store = 2, .branch = 1}, 1200);
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
