// depthwise_conv2d_s8, triple: what the host knows of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_triple.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_triple.h"

#include "kernels/depthwise_conv2d/depthwise_conv2d_host.h"
#include "kernels/settle.h"
#include "kernels/triple.h"

namespace mote {
namespace {

using Params = DepthwiseConv2dS8Params;

/// [out_c, taps]
std::vector<std::int8_t> channel_by_channel(const KernelCall& call, std::int32_t out_c) {
  const auto weights = kernels::constants_of<std::int8_t>(call, 1);
  const std::size_t channels = static_cast<std::size_t>(out_c), taps = weights.size() / channels;
  std::vector<std::int8_t> turned(weights.size());
  for (std::size_t t = 0; t < taps; ++t) {
    for (std::size_t o = 0; o < channels; ++o) turned[o * taps + t] = weights[t * channels + o];
  }
  return turned;
}

std::int64_t plane_columns(const Params& p) {
  return (p.out_w - 1) * p.stride_w + (p.kernel_w - 1) * p.dilation_w + 1;
}
std::int64_t plane_rows(const Params& p, std::int64_t band) {
  return (band - 1) * p.stride_h + (p.kernel_h - 1) * p.dilation_h + 1;
}

struct Bands {
  std::int32_t band, chunk;
  std::size_t scratch;
};

/// The highest bands whose plane takes no more than a quarter of input and output; sums of some 50 windows at a time.
Bands bands_of(const Params& p) {
  const std::int64_t inputs = 1LL * p.in_h * p.in_w * p.in_c, outputs = 1LL * p.out_h * p.out_w * p.out_c;
  const auto strip_of = [&](std::int64_t strips) {
    return kernels::rounded_up(p.out_h, 3 * strips) / (3 * strips);
  };
  std::int64_t strips = 1;
  while (strip_of(strips) > 1 &&
         8 * plane_rows(p, strip_of(strips)) * plane_columns(p) > (inputs + outputs) / 4 + 256)
    ++strips;
  const std::int64_t band = strip_of(strips), chunk = std::clamp<std::int64_t>(48 / p.out_w, 1, band);
  return {static_cast<std::int32_t>(band), static_cast<std::int32_t>(chunk),
          static_cast<std::size_t>(8 * (plane_rows(p, band) * plane_columns(p) + chunk * p.out_w + 1))};
}

KernelCall plain_of(const KernelCall& call) {
  const auto p = from_block<Params>(call.params);
  return kernels::settled(call, p, p.out_c, kernels::WeightOrder::OutputLast);
}

std::optional<Arg> folded_bias(const KernelCall& plain) {
  const auto p = from_block<Params>(plain.params);
  return kernels::fold_zero_point(plain, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputLast);
}

bool needs(const Isa& isa) { return kernels::is_small_core(isa); }

bool fits(const KernelCall& call, const Facts&) {
  const auto p = from_block<Params>(call.params);
  if (kernels::constants_of<std::int8_t>(call, 1).empty()) return false;
  const KernelCall plain = plain_of(call);
  if (!kernels::fits_short_requantize(kernels::depthwise_conv2d_s8_facts(plain)) || !folded_bias(plain))
    return false;
  return kernels::triple_segments(channel_by_channel(plain, p.out_c), p.out_c, 1LL * p.kernel_h * p.kernel_w)
             .count == 1;
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<Params>(call.params);
  const KernelCall plain = plain_of(call);
  const Bands bands = bands_of(p);
  Packed packed{to_block(DepthwiseConv2dS8TripleParams{
                    p.batches,       p.in_h,           p.in_w,     p.in_c,
                    p.out_h,         p.out_w,          p.out_c,    p.kernel_h,
                    p.kernel_w,      p.stride_h,       p.stride_w, p.dilation_h,
                    p.dilation_w,    p.pad_top,        p.pad_left, p.depth_multiplier,
                    p.in_zero_point, p.out_zero_point, p.act_min,  p.act_max,
                    bands.band,      bands.chunk}),
                plain.args};
  const auto name = std::get<Arg::Rom>(plain.args[1].what).constant->name;
  packed.args[1] = rom_arg(name, DType::S8, {p.out_c, p.kernel_h, p.kernel_w},
                           channel_by_channel(plain, p.out_c), Constant::Role::Weights);
  kernels::pack_triple_requantize(plain, *folded_bias(plain), packed);
  return packed;
}

std::size_t scratch(const KernelCall& call) { return bands_of(from_block<Params>(call.params)).scratch; }

/// Instructions, counted on the emulated cores.
struct Costs {
  double row, input;              ///< packing: a row of three bands, three inputs
  double window, tap;             ///< of another kernel than 3×3
  double square, neighbours;      ///< a window of 3×3; with stride 1
  double output, chunk, channel;  ///< three outputs; rows done at a time; the rest
  double multiplies;              ///< share
};
Costs costs_on(const Target& target) {
  if (target.isa.arch == "armv6-m") return {75, 14, 50, 12, 60, 60, 105, 190, 60, 0.2};
  if (target.isa.arch == "armv7-m") return {50, 10, 22, 8, 52, 33, 37, 110, 50, 0.3};
  return {40, 10, 22, 10, 85, 85, 76, 250, 50, 0.2};
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Params>(call.params);
  const Bands bands = bands_of(p);
  const Costs each = costs_on(target);
  const double strips = static_cast<double>(kernels::rounded_up(p.out_h, 3 * bands.band) / (3 * bands.band));
  const double rows = static_cast<double>(plane_rows(p, bands.band));
  const bool column = plane_columns(p) == 1;  // packed downwards, as one row
  const double inputs = std::min<double>(static_cast<double>(plane_columns(p)), p.in_w);
  const double packing = (column ? 1 : rows) * each.row + rows * inputs * each.input;
  const double walks = p.kernel_w == 1 ? 1 : p.kernel_h;
  const bool square = p.kernel_h == 3 && p.kernel_w == 3 && p.dilation_w == 1;
  const double window = !square           ? each.window + 6 * walks + each.tap * p.kernel_h * p.kernel_w
                        : p.stride_w == 1 ? each.neighbours
                                          : each.square;
  const double triples = 1.0 * bands.band * p.out_w;
  const double chunks = static_cast<double>((bands.band + bands.chunk - 1) / bands.chunk);
  const double of_channel = triples * (window + each.output) + chunks * each.chunk + each.channel;
  const double all = p.batches * strips * (p.in_c * packing + p.out_c * of_channel);
  const kernels::Mix mix{.alu = (0.7 - each.multiplies) * all,
                         .mul = each.multiplies * all,
                         .load = 0.25 * all,
                         .store = 0.03 * all,
                         .branch = 0.02 * all};
  return kernels::cost_counted(mix, 1500, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(depthwise_conv2d_depthwise_conv2d_s8_triple) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "depthwise_conv2d_s8",
                                     .name = "triple",
                                     .header = "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_triple.h",
                                     .function = "depthwise_conv2d_s8_triple",
                                     .needs = needs,
                                     .fits = fits,
                                     .pack = pack,
                                     .scratch = scratch,
                                     .rows = kernels::depthwise_conv2d_rows<DepthwiseConv2dS8Params>,
                                     .cost = cost,
                                     .run = kernels::run_of<depthwise_conv2d_s8_triple>};
  return variant;
}
