// conv2d_s8, triple: what the host knows of device/mote/nn/conv2d/conv2d_s8_triple.h.
#include "mote/nn/conv2d/conv2d_s8_triple.h"

#include <cmath>

#include "kernels/conv2d/conv2d_s8_host.h"
#include "kernels/counts.h"
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
  const kernels::WindowCount at = kernels::count_windows(p, p.dilation_h, p.dilation_w);
  const auto segments = segments_of(plain_of(call));
  const double triples = std::ceil(at.pixels / 3), edge = (at.pixels - at.whole) / 3;
  const double fours = (p.out_c + 3) / 4;
  const bool point = p.kernel_h * p.kernel_w == 1, longer = segments.count > 1;
  kernels::Count count(target);
  count.add(triples * fours * segments.taps * segments.count / 4, {106.45, 54.17, 0, 0, 94.16});  // four taps
  count.add(triples * fours, {410.79, 171.24, 0, 0, 271.41});                                     // four
  count.add(longer ? triples * fours * segments.count : 0, {182.49, 110.71, 0, 0, 153.17});       // segment
  count.add(triples * p.out_c * (1 - kernels::limited(p)), {52.41, 10.96, 0, 0, 32.89});          // channel
  count.add(triples * p.out_c * kernels::limited(p), {52.37, 23.55, 0, 0, 28.86});  // limited channel
  count.add(triples * taps_of(p), {14.63, 8.71, 0, 0, 14.79});                      // tap
  count.add(point ? 0 : triples * p.kernel_h, {0, 30.02, 0, 0, 0});                 // run
  count.add(edge * p.kernel_h * p.kernel_w, {55.49, 36.41, 0, 0, 39.81});           // run at the edge
  count.add(triples, {24.37, 56.64, 0, 0, 22.33});                                  // three pixels
  count.add(longer ? triples * p.out_c : 0, {30.81, 16.81, 0, 0, 0});               // short channel
  count.add(point ? 0 : triples, {334.87, 151.89, 0, 0, 217.98});                   // window
  return count.cost({.alu = 0.35, .mul = 0.37, .load = 0.24, .store = 0.02, .branch = 0.02}, 900);
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
