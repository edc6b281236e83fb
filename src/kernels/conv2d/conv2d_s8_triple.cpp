// conv2d_s8, triple: what the host knows of device/mote/nn/conv2d/conv2d_s8_triple.h.
#include "mote/nn/conv2d/conv2d_s8_triple.h"

#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/settle.h"
#include "kernels/triple.h"

namespace mote {
namespace {

std::int32_t taps_of(const Conv2dS8Params& p) { return p.kernel_h * p.kernel_w * p.in_c; }

KernelCall plain_of(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  return kernels::settled(call, p, p.out_c, kernels::WeightOrder::OutputFirst);
}

kernels::TripleSegments segments_of(const KernelCall& plain) {
  const auto p = from_block<Conv2dS8Params>(plain.params);
  return kernels::triple_segments(kernels::constants_of<std::int8_t>(plain, 1), p.out_c, taps_of(p));
}

std::optional<Arg> folded_bias(const KernelCall& plain) {
  const auto p = from_block<Conv2dS8Params>(plain.params);
  return kernels::fold_zero_point(plain, p.in_zero_point, p.out_c, kernels::WeightOrder::OutputFirst);
}

bool needs(const Isa& isa) { return kernels::is_small_core(isa); }

bool fits(const KernelCall& call, const Facts&) {
  if (kernels::constants_of<std::int8_t>(call, 1).empty()) return false;
  const KernelCall plain = plain_of(call);
  return kernels::fits_short_requantize(kernels::conv2d_s8_facts(plain)) && folded_bias(plain);
}

Packed pack(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const KernelCall plain = plain_of(call);
  const auto segments = segments_of(plain);
  Packed packed{
      to_block(Conv2dS8TripleParams{
          p.batches,    p.in_h,        p.in_w,        p.in_c,          p.out_h,          p.out_w,
          p.out_c,      p.kernel_h,    p.kernel_w,    p.stride_h,      p.stride_w,       p.dilation_h,
          p.dilation_w, p.pad_top,     p.pad_left,    p.in_zero_point, p.out_zero_point, p.act_min,
          p.act_max,    segments.taps, segments.count}),
      plain.args};
  kernels::pack_triple_weights(plain, p.out_c, taps_of(p), segments, packed);
  kernels::pack_triple_requantize(plain, *folded_bias(plain), packed);
  return packed;
}

std::size_t scratch(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const auto segments = segments_of(plain_of(call));
  return static_cast<std::size_t>(8 * segments.taps * segments.count + p.kernel_w * p.in_c);
}

/// The windows of three pixels are read before any of these pixels is written, so only later pixels' windows matter.
Overlap overlap(const KernelCall& call) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  return {0, 5, kernels::window_distance(p, p.in_c, p.out_c, kernels::PixelOrder::ChannelByChannel, 1),
          Overlap::Direction::Forward};
}

Cost cost(const KernelCall& call, const Target& target) {
  const auto p = from_block<Conv2dS8Params>(call.params);
  const kernels::TripleCosts each = kernels::triple_costs(target);
  const auto segments = segments_of(plain_of(call));
  const double triples = static_cast<double>(kernels::rounded_up(1LL * p.batches * p.out_h * p.out_w, 3) / 3);
  const double fours = static_cast<double>(kernels::rounded_up(p.out_c, 4) / 4);
  const double longer = segments.count > 1 ? segments.count * each.segment : 0;
  const double of_four = each.four_taps * segments.taps / 4 * segments.count + each.four + longer;
  const double of_triple =
      fours * of_four + p.out_c * each.channel + taps_of(p) * each.tap + p.kernel_h * each.run + each.pixels;
  const double all = triples * of_triple;
  const kernels::Mix mix{.alu = (0.72 - each.multiplies) * all,
                         .mul = each.multiplies * all,
                         .load = 0.24 * all,
                         .store = 0.02 * all,
                         .branch = 0.02 * all};
  return kernels::cost_counted(mix, 900, target);
}

}  // namespace
}  // namespace mote

MOTE_KERNEL_VARIANT(conv2d_conv2d_s8_triple) {
  using namespace mote;
  static const KernelVariant variant{.kernel = "conv2d_s8",
                                     .name = "triple",
                                     .header = "mote/nn/conv2d/conv2d_s8_triple.h",
                                     .function = "conv2d_s8_triple",
                                     .needs = needs,
                                     .fits = fits,
                                     .pack = pack,
                                     .scratch = scratch,
                                     .overlap = overlap,
                                     .rows = kernels::conv2d_s8_rows,
                                     .cost = cost,
                                     .run = kernels::run_of<conv2d_s8_triple>};
  return variant;
}
