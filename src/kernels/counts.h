// Internal to the room: costs as turns of loops times the instructions of one turn on each core.
//
// What a turn takes is fitted to instructions counted under the emulators (bench/costs.cpp prints them; -O2, parameters known at
// compile time, arm-none-eabi-gcc and riscv64-unknown-elf-gcc 12), on other layers than tests/costs_device_test.cpp holds them
// against.  What a turn is follows from the kernel's loops.
#pragma once

#include <array>

#include "kernels/variant.h"

namespace mote::kernels {

/// Of one turn, on: ARMv6-M, ARMv7-M, cores with DSP (and all others, as an estimate), cores with MVE, RV32IMC.
using PerCore = std::array<double, 5>;

/// Of a kernel for DSP alone: on cores without and with MVE.
inline PerCore on_dsp(double dsp, double mve) { return {0, 0, dsp, mve, 0}; }

inline std::size_t core_of(const Isa& isa) {
  if (isa.arch == "armv6-m") return 0;
  if (isa.arch == "armv7-m") return 1;
  if (isa.has("mve")) return 3;
  return isa.arch == "rv32imc" ? 4 : 2;
}

class Count {
 public:
  explicit Count(const Target& target) : target_(target), core_(core_of(target.isa)) {}
  void add(double turns, const PerCore& each) { sum_ += turns * each[core_]; }
  /// `shares`: of the classes of instructions, in any unit.
  Cost cost(const Mix& shares, std::size_t flash_bytes) const {
    return cost_counted(sum_ / shares.total() * shares, flash_bytes, target_);
  }

 private:
  const Target& target_;
  std::size_t core_;
  double sum_ = 20;  // of the layer: its call, what it keeps and brings back
};

/// 1 where an output is limited beyond the range of s8, else 0.
template <class Params>
double limited(const Params& p) {
  return p.act_min == -128 && p.act_max == 127 ? 0 : 1;
}

/// Taps inside the image, along one direction.
struct AxisTaps {
  double inside = 0;  ///< over all outputs
  double whole = 0;   ///< outputs whose windows lie inside
};
inline AxisTaps axis_taps(std::int32_t out, std::int32_t stride, std::int32_t pad, std::int32_t kernel,
                          std::int32_t dilation, std::int32_t in) {
  AxisTaps taps;
  for (std::int32_t o = 0; o < out; ++o) {
    std::int32_t inside = 0;
    for (std::int32_t k = 0; k < kernel; ++k) {
      const std::int32_t at = o * stride - pad + k * dilation;
      inside += at >= 0 && at < in ? 1 : 0;
    }
    taps.inside += inside;
    taps.whole += inside == kernel ? 1 : 0;
  }
  return taps;
}

/// What a window's walk over the image counts, channels aside.
struct WindowCount {
  double pixels;  ///< of the output
  double rows;    ///< kernel rows inside the image, over all pixels
  double taps;    ///< inside the image, over all pixels
  double whole;   ///< pixels whose windows lie inside
  bool clips_rows, clips_columns;
};
template <class Params>
WindowCount count_windows(const Params& p, std::int32_t dilation_h = 1, std::int32_t dilation_w = 1) {
  const AxisTaps y = axis_taps(p.out_h, p.stride_h, p.pad_top, p.kernel_h, dilation_h, p.in_h);
  const AxisTaps x = axis_taps(p.out_w, p.stride_w, p.pad_left, p.kernel_w, dilation_w, p.in_w);
  return {1.0 * p.batches * p.out_h * p.out_w,
          p.batches * y.inside * p.out_w,
          p.batches * y.inside * x.inside,
          p.batches * y.whole * x.whole,
          y.whole < p.out_h,
          x.whole < p.out_w};
}

/// Sides of the image that some window reaches over, left and right, or above and below: the compiler leaves out the others' tests.
template <class Params>
int clipped_sides(const Params& p, std::int32_t dilation_w) {
  const std::int32_t right = (p.out_w - 1) * p.stride_w - p.pad_left + (p.kernel_w - 1) * dilation_w;
  return (p.pad_left > 0 ? 1 : 0) + (right >= p.in_w ? 1 : 0);
}
template <class Params>
int clipped_ends(const Params& p, std::int32_t dilation_h) {
  const std::int32_t below = (p.out_h - 1) * p.stride_h - p.pad_top + (p.kernel_h - 1) * dilation_h;
  return (p.pad_top > 0 ? 1 : 0) + (below >= p.in_h ? 1 : 0);
}

}  // namespace mote::kernels
