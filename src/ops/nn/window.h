// Geometry of a window that slides over an image: convolutions and pools share it.
// Source: TensorFlow Lite's rule for SAME and VALID.  out = ceil(in / stride) or ceil((in − span + 1) /
// stride) where span = (kernel − 1)·dilation + 1; SAME pads what is missing, half of it (rounded down) before.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ops/nn/types.h"

namespace mote::nn {

/// Largest kernel, stride, dilation: far above use, low enough that every product below fits 64 bits.
inline constexpr std::int64_t kMostWindow = 1 << 20;

/// Farthest element a window may touch, padding included: sums of two such numbers still fit 32 bits on the device.
inline constexpr std::int64_t kMostReach = 1 << 30;

/// The window along one dimension.
struct Axis {
  std::int32_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1;
  /// Before the first element; what is missing after the last one follows from the others
  std::int32_t pad = 0;

  /// Input elements that outputs [begin, end) read, before clipping to [0, in).
  RowSpan reads(RowSpan o) const {
    const std::int32_t begin = o.begin * stride - pad;
    if (o.end <= o.begin) return {begin, begin};
    return {begin, (o.end - 1) * stride - pad + (kernel - 1) * dilation + 1};
  }
};

struct Window {
  Axis h, w;
};

inline AttributeSpec stride_attribute(std::int64_t standard) {
  return {"stride",
          "steps [h, w] between neighbouring outputs, in elements of the input",
          std::vector<std::int64_t>{standard, standard},
          {},
          1,
          kMostWindow};
}
inline AttributeSpec dilation_attribute() {
  return {"dilation",
          "distance [h, w] between neighbouring taps of the kernel; 1: none left out",
          std::vector<std::int64_t>{1, 1},
          {},
          1,
          kMostWindow};
}
inline AttributeSpec kernel_attribute() {
  return {"kernel",
          "extent [h, w] of the window, in elements of the input",
          std::vector<std::int64_t>{2, 2},
          {},
          1,
          kMostWindow};
}
inline AttributeSpec padding_attribute() {
  return {"padding",
          "at the border: same pads so that out = ceil(in / stride), valid keeps to windows that lie inside "
          "the input",
          std::string("valid"),
          {"same", "valid"}};
}

/// `what` is "height" or "width".
inline Result<Axis> axis_of(std::string_view what, std::int64_t in, std::int64_t kernel, std::int64_t stride,
                            std::int64_t dilation, bool same) {
  for (const std::int64_t v : {kernel, stride, dilation}) {
    if (v < 1 || v > kMostWindow) {
      return error(text::cat("kernel, stride and dilation must lie in 1…", kMostWindow, ", along the ", what,
                             " they are ", kernel, ", ", stride, " and ", dilation));
    }
  }
  const std::int64_t span = (kernel - 1) * dilation + 1;
  if (!same && span > in) {
    return error(text::cat("a window that spans ", span, " does not fit into the input's ", what, " of ", in),
                 "use a smaller kernel or padding=same");
  }
  const std::int64_t out = same ? (in + stride - 1) / stride : (in - span) / stride + 1;
  const std::int64_t reach = (out - 1) * stride + span;  // from the first element read to behind the last
  if (in > kMostReach || reach > kMostReach) {
    return error(text::cat("along the ", what, " of ", in, " the window reaches over ", reach,
                           " elements; at most ", kMostReach, " are supported"),
                 "use a smaller input, kernel or dilation");
  }
  const std::int64_t pad = std::max<std::int64_t>(reach - in, 0) / 2;
  const auto narrow = [](std::int64_t v) { return static_cast<std::int32_t>(v); };
  return Axis{narrow(in), narrow(out), narrow(kernel), narrow(stride), narrow(dilation), narrow(pad)};
}

inline Result<void> check_pair(const NodeRef& ref, std::string_view name) {
  const std::size_t given = ref.integers(name).size();
  if (given == 2) return {};
  return error(text::cat("the attribute '", name, "' has ", given, " numbers, it takes two: [h, w]"));
}

/// The window of a node with attributes stride, padding and, if `dilated`, dilation, over input 0, which is NHWC.
inline Result<Window> window_of(const NodeRef& ref, std::int64_t kernel_h, std::int64_t kernel_w,
                                bool dilated) {
  MOTE_TRY_VOID(check_rank("x", ref.in(0), 4, "[batch, height, width, channels]"));
  MOTE_TRY_VOID(check_pair(ref, "stride"));
  if (dilated) MOTE_TRY_VOID(check_pair(ref, "dilation"));
  const bool same = ref.word("padding") == "same";
  const auto& stride = ref.integers("stride");
  const std::vector<std::int64_t> dilation =
      dilated ? ref.integers("dilation") : std::vector<std::int64_t>{1, 1};
  const Shape& in = ref.in(0).type.shape;
  Window window;
  MOTE_TRY(window.h, axis_of("height", in[1], kernel_h, stride[0], dilation[0], same));
  MOTE_TRY(window.w, axis_of("width", in[2], kernel_w, stride[1], dilation[1], same));
  return window;
}

/// The convolutions' window: weights are input 1, their axes 1 and 2 the kernel's height and width.
inline Result<Window> conv_window(const NodeRef& ref) {
  const Shape& weights = ref.in(1).type.shape;
  return window_of(ref, weights[1], weights[2], true);
}

/// The pools' window: the attribute kernel.
inline Result<Window> pool_window(const NodeRef& ref) {
  MOTE_TRY_VOID(check_pair(ref, "kernel"));
  return window_of(ref, ref.integers("kernel")[0], ref.integers("kernel")[1], false);
}

/// The window of a node that `infer` has accepted.
inline Window accepted(const Result<Window>& window) {
  MOTE_CHECK(window.has_value(), "a window of a node that was never inferred");
  return *window;
}

inline StreamRule::Window time_of(const Axis& rows) {
  return {rows.kernel, rows.stride, rows.dilation, rows.pad};
}

/// Fields that the Params of convolutions and pools have in common.
template <class Params>
void put_window(Params& p, const Window& window) {
  p.in_h = window.h.in;
  p.in_w = window.w.in;
  p.out_h = window.h.out;
  p.out_w = window.w.out;
  p.kernel_h = window.h.kernel;
  p.kernel_w = window.w.kernel;
  p.stride_h = window.h.stride;
  p.stride_w = window.w.stride;
  p.pad_top = window.h.pad;
  p.pad_left = window.w.pad;
}

/// The geometry of a convolution: window, dilation, batches, channels.
template <class Params>
void put_conv_geometry(Params& p, const NodeRef& ref, const Window& window) {
  put_window(p, window);
  p.batches = ref.in(0).type.shape[0];
  p.in_c = ref.in(0).type.shape[3];
  p.out_c = ref.out(0).type.shape[3];
  p.dilation_h = window.h.dilation;
  p.dilation_w = window.w.dilation;
}

}  // namespace mote::nn
