// Internal to the room: what follows from a sliding window alone.  Which input rows an output row needs, how
// far an output may lie over its input, how large a sum of products can grow.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "graph/kernel.h"

namespace mote::kernels {

/// Input rows that output rows need, before clipping to the image.
template <class Params>
RowSpan window_rows(const Params& p, std::int32_t dilation_h, RowSpan out) {
  if (out.end <= out.begin) return {};
  const std::int32_t last_tap = (p.kernel_h - 1) * dilation_h;
  return {out.begin * p.stride_h - p.pad_top, (out.end - 1) * p.stride_h - p.pad_top + last_tap + 1};
}

/// The call for some output rows of one image; rows of padding stay rows of padding.
template <class Params>
KernelCall window_band(const KernelCall& call, std::int32_t dilation_h, RowSpan out) {
  auto p = from_block<Params>(call.params);
  const RowSpan window = window_rows(p, dilation_h, out);
  const RowSpan inside{std::clamp(window.begin, 0, p.in_h), std::clamp(window.end, 0, p.in_h)};
  p.pad_top = inside.begin - window.begin;
  p.in_h = inside.end - inside.begin;
  p.out_h = out.end - out.begin;
  return {call.kernel, to_block(p), call.args};
}

/// What a kernel writes before it has read all that the same output pixel needs.
enum class PixelOrder {
  ChannelByChannel,  ///< output channel c follows from input channels c alone, read before it is written
  WholePixel,        ///< each output channel needs the whole window
};

/// How many bytes below its input an output must start at least.
///
/// Pixels are written upwards: pixel q, counted over the batch, is elements [q·out_c, (q+1)·out_c) of the output.
/// It reads no input pixel before first(q), the upper left corner of its window inside the image.  With the
/// output d elements below the input, a write is harmless when it lies below all that is still to be read.
///
/// Later pixels r > q:     (q+1)·out_c − d ≤ first(r)·in_c
/// Own, WholePixel:        all but the last channel are written before the window is read for the last time:
///                         (q+1)·out_c − 1 − d ≤ first(q)·in_c
/// Own, ChannelByChannel:  in_c = out_c; when channel c is written, only channels above c are still to be read:
///                         q·out_c + c − d < first(q)·in_c + c + 1, that is q·out_c − d ≤ first(q)·in_c
///
/// The largest d that any of these asks for is the answer, times the bytes of an element.
template <class Params>
std::int64_t window_distance(const Params& p, std::int64_t in_c, std::int64_t out_c, PixelOrder order,
                             std::int64_t element_bytes) {
  const std::int64_t pixels_of_image = static_cast<std::int64_t>(p.out_h) * p.out_w;
  std::int64_t lowest_later = std::numeric_limits<std::int64_t>::max() / 2;  // min first(r)·in_c over r > q
  std::int64_t distance = std::numeric_limits<std::int64_t>::min();
  for (std::int64_t q = p.batches * pixels_of_image - 1; q >= 0; --q) {
    const std::int64_t n = q / pixels_of_image, y = q % pixels_of_image / p.out_w, x = q % p.out_w;
    const std::int64_t top = std::clamp<std::int64_t>(y * p.stride_h - p.pad_top, 0, p.in_h);
    const std::int64_t left = std::clamp<std::int64_t>(x * p.stride_w - p.pad_left, 0, p.in_w);
    const std::int64_t first = ((n * p.in_h + top) * p.in_w + left) * in_c;
    const std::int64_t written = order == PixelOrder::WholePixel ? (q + 1) * out_c - 1 : q * out_c;
    distance = std::max({distance, written - first, (q + 1) * out_c - lowest_later});
    lowest_later = std::min(lowest_later, first);
  }
  return distance * element_bytes;
}

/// The same for a kernel of one channel count, one byte an element, that goes downwards, pixel by pixel and channel by
/// channel: how many bytes above its input's end its output must end at least.
///
/// With the output d bytes above the input, pixel q is written upwards of q·c + d.  Pixels r < q still read below
/// (last(r) + 1)·c, where last is the lower right corner of a window inside the image; pixel q itself reads, of its own
/// last pixel, channels below the one that is written: below last(q)·c + channel.
template <class Params>
std::int64_t window_distance_backward(const Params& p, std::int32_t dilation_h, std::int32_t dilation_w,
                                      std::int64_t channels) {
  const std::int64_t pixels_of_image = static_cast<std::int64_t>(p.out_h) * p.out_w;
  std::int64_t read_later = 0;  // max (last(r) + 1)·c over r < q
  std::int64_t distance = std::numeric_limits<std::int64_t>::min();
  for (std::int64_t q = 0; q < p.batches * pixels_of_image; ++q) {
    const std::int64_t n = q / pixels_of_image, y = q % pixels_of_image / p.out_w, x = q % p.out_w;
    const std::int64_t bottom =
        std::clamp<std::int64_t>(y * p.stride_h - p.pad_top + (p.kernel_h - 1) * dilation_h, 0, p.in_h - 1);
    const std::int64_t right =
        std::clamp<std::int64_t>(x * p.stride_w - p.pad_left + (p.kernel_w - 1) * dilation_w, 0, p.in_w - 1);
    const std::int64_t last = ((n * p.in_h + bottom) * p.in_w + right) * channels;
    distance = std::max({distance, last - q * channels, read_later - q * channels});
    read_later = std::max(read_later, last + channels);
  }
  const std::int64_t in_bytes = static_cast<std::int64_t>(p.batches) * p.in_h * p.in_w * channels;
  return distance + p.batches * pixels_of_image * channels - in_bytes;
}

/// Bounds of Σ (x − zero_point)·w + bias over all s8 inputs x, and of all its partial sums in any order, for
/// outputs whose weights and bias are known.  A tap outside the image adds 0, which lies within each tap's own bounds.
class SumBounds {
 public:
  explicit SumBounds(std::int64_t in_zero_point) : low_(-128 - in_zero_point), high_(127 - in_zero_point) {}

  void begin_output(std::int64_t bias) {
    min_ = std::min<std::int64_t>(bias, 0);
    max_ = std::max<std::int64_t>(bias, 0);
  }
  void add_weight(std::int64_t w) {
    min_ += std::min(w * low_, w * high_);
    max_ += std::max(w * low_, w * high_);
  }
  void end_output() {
    facts_.accumulator_min = std::min(facts_.accumulator_min, min_);
    facts_.accumulator_max = std::max(facts_.accumulator_max, max_);
  }
  /// `shifts` is the requantize table; empty: nothing is known of it.
  Facts facts(const std::vector<std::int8_t>& shifts) {
    if (!shifts.empty()) {
      const auto [smallest, largest] = std::minmax_element(shifts.begin(), shifts.end());
      facts_.shift_min = *smallest;
      facts_.shift_max = *largest;
    }
    return facts_;
  }

 private:
  std::int64_t low_, high_;
  std::int64_t min_ = 0, max_ = 0;
  Facts facts_{0, 0, -31, 30};
};

}  // namespace mote::kernels
