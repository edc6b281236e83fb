// depthwise_conv2d_s8, triple: what the host knows of
// device/mote/nn/depthwise_conv2d/depthwise_conv2d_s8_triple.h.
#include "mote/nn/depthwise_conv2d/depthwise_conv2d_s8_triple.h"

#include "kernels/counts.h"
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

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Params>(call.params);
  const Bands bands = bands_of(p);
  const std::int64_t strips = kernels::rounded_up(p.out_h, 3 * bands.band) / (3 * bands.band);
  const std::int64_t of_strip = plane_rows(p, bands.band), columns = plane_columns(p);
  const double inputs = static_cast<double>(
      std::min<std::int64_t>({columns, p.in_w, std::max<std::int64_t>(columns - p.pad_left, 0)}));
  double edges = 0;  // rows of three bands of which one lies outside the image
  for (std::int64_t strip = 0; strip < strips; ++strip) {
    const std::int64_t first = strip * 3 * bands.band * p.stride_h - p.pad_top;
    for (std::int64_t y = first; y < first + of_strip; ++y)
      edges += y >= 0 && y + 2 * bands.band * p.stride_h < p.in_h ? 0 : 1;
  }
  edges *= p.batches * p.in_c;
  const double rows = static_cast<double>(p.batches * p.in_c * strips * of_strip);
  const double plane = static_cast<double>(of_strip * columns);
  const double channels = static_cast<double>(p.batches * strips * p.out_c);
  const double windows = channels * bands.band * p.out_w;
  const double chunks = (bands.band + bands.chunk - 1) / bands.chunk;
  const bool column = columns == 1;  // packed downwards, as one row
  const bool square = p.kernel_h == 3 && p.kernel_w == 3 && p.dilation_w == 1, line = p.kernel_w == 1;
  kernels::Count count(target);
  count.add(column ? 0 : rows - edges, {34.46, 22.09, 0, 0, 14.87});      // row
  count.add(edges, {69.87, 50.83, 0, 0, 24.93});                          // row at the edge
  count.add((rows - edges) * inputs, {17.5, 11.73, 0, 0, 15.57});         // three inputs
  count.add(edges * inputs, {25.36, 15.89, 0, 0, 20.26});                 // three inputs at the edge
  count.add(square || line ? 0 : windows, {122.46, 54.28, 0, 0, 77.68});  // window
  count.add(line ? windows : 0, {139.74, 67.86, 0, 0, 86.87});            // window of a column
  count.add(square || line ? 0 : windows * p.kernel_h, {15.65, 11.99, 0, 0, 7.08});               // walk
  count.add(square || line ? 0 : windows * p.kernel_h * p.kernel_w, {11.93, 7.82, 0, 0, 10.03});  // tap
  count.add(line ? windows * p.kernel_h : 0, {11.56, 7.64, 0, 0, 9.62});              // tap of a column
  count.add(square && p.stride_w == 1 ? windows : 0, {158.03, 68.75, 0, 0, 146.85});  // window of neighbours
  count.add(square && p.stride_w != 1 ? windows : 0, {156.22, 87.63, 0, 0, 146.72});  // square
  count.add(windows * (1 - kernels::limited(p)), {2.04, 0.75, 0, 0, 6.46});           // output
  count.add(windows * kernels::limited(p), {23.24, 11.87, 0, 0, 4.14});               // limited output
  count.add(channels * chunks, {155.68, 73.73, 0, 0, 104.95});                        // chunk
  count.add((p.out_w == 1 ? 0.4 : 1) * channels * bands.band,
            {99.59, 56.41, 0, 0, 60.29});       // window row; of one window, less
  count.add(channels, {0, 0.08, 0, 0, 13.42});  // channel
  count.add(plane, {5.83, 4.35, 0, 0, 4.76});   // padding
  return count.cost({.alu = 0.46, .mul = 0.24, .load = 0.25, .store = 0.03, .branch = 0.02}, 1500);
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
