// Random layers of TFLM's signal library.  LiteRT has none of them: they are for comparisons of devices with the host.
#pragma once

#include "support/random_ops/draw.h"

namespace mote::testing {

inline std::int64_t draw_fft_length(Draw& d) { return d.pick<std::int64_t>({4, 8, 12, 16, 20, 30, 64}); }

/// A vector of small unsigned numbers.
inline TensorId draw_levels(Draw& d, DType dtype, std::int32_t count, std::int64_t most) {
  return d.input(dtype, {count}, {}, InputRange{0, most});
}

inline void make_fft(Draw& d, const std::string& op) {
  const std::int64_t length = draw_fft_length(d);
  const auto samples = static_cast<std::int32_t>(op == "signal_rfft" ? length : length + 2);
  d.layer(op, {d.input(d.dtype(), {d.between(1, 2), samples}, {})}, {{"fft_length", length}});
}
inline void make_auto_scale(Draw& d, const std::string& op) {
  d.layer(op, {d.input(DType::S16, {d.between(1, 20)}, {}, InputRange{-300, 300})});
}
inline void make_window(Draw& d, const std::string& op) {
  const std::int32_t samples = d.between(1, 12);
  const TensorId weights = d.constant(DType::S16, {samples}, {});
  d.layer(op, {d.input(DType::S16, {d.between(1, 3), samples}, {}), weights},
          {{"shift", std::int64_t{d.between(8, 14)}}});
}
inline void make_energy(Draw& d, const std::string& op) {
  const std::int32_t n = d.between(2, 9), from = d.between(0, n - 1);
  d.layer(op, {d.input(DType::S16, {2 * n}, {})},
          {{"start_index", std::int64_t{from}}, {"end_index", std::int64_t{d.between(from, n)}}});
}
inline void make_filter_bank(Draw& d, const std::string& op) {
  const std::int32_t channels = d.between(1, 5);
  std::vector<std::int16_t> starts, widths;
  std::int16_t at = 0;
  for (std::int32_t c = 0; c <= channels; ++c) {
    starts.push_back(at);
    widths.push_back(static_cast<std::int16_t>(d.between(1, 4)));
    at = static_cast<std::int16_t>(at + widths.back());
  }
  const TensorId x = draw_levels(d, DType::U32, at, 4000000000);
  const Shape slopes = {channels + 1};
  d.layer(op,
          {x, d.constant(DType::S16, {at}, {}), d.constant(DType::S16, {at}, {}),
           d.values(DType::S16, slopes, starts), d.values(DType::S16, slopes, starts),
           d.values(DType::S16, slopes, widths)},
          {{"num_channels", std::int64_t{channels}}});
}
inline void make_square_root(Draw& d, const std::string& op) {
  const TensorId x = draw_levels(d, DType::U64, d.between(1, 8), INT64_MAX - 1);
  d.layer(op, {x, d.input(DType::S32, {}, {}, InputRange{0, 31})});
}
inline void make_spectral_subtraction(Draw& d, const std::string& op) {
  const std::int32_t channels = d.between(1, 6);
  const std::int64_t even = d.between(100, 16000), odd = d.between(100, 16000);
  d.layer(op, {draw_levels(d, DType::U32, channels, 100000), d.state(DType::U32, {channels}, {})},
          {{"num_channels", std::int64_t{channels}},
           {"smoothing", even},
           {"one_minus_smoothing", 16384 - even},
           {"alternate_smoothing", odd},
           {"alternate_one_minus_smoothing", 16384 - odd},
           {"smoothing_bits", std::int64_t{10}},
           {"min_signal_remaining", std::int64_t{1638}},
           {"clamping", d.flag()}});
}
inline void make_pcan(Draw& d, const std::string& op) {
  const std::int32_t channels = d.between(1, 6);
  const TensorId x = draw_levels(d, DType::U32, channels, 1 << 20);
  const TensorId noise = draw_levels(d, DType::U32, channels, 1 << 20);
  d.layer(op, {x, noise, d.constant(DType::S16, {125}, {})}, {{"snr_shift", std::int64_t{6}}});
}
inline void make_filter_bank_log(Draw& d, const std::string& op) {
  d.layer(op, {draw_levels(d, DType::U32, d.between(1, 8), 4000000000)},
          {{"input_correction_bits", std::int64_t{d.between(0, 8)}},
           {"output_scale", std::int64_t{d.between(1, 2000)}}});
}

// ---- streams

inline void make_delay(Draw& d, const std::string& op) {
  const std::int32_t rows = d.between(1, 2), delay = d.between(1, 7);
  d.layer(op, {d.input(DType::S16, {rows, d.between(1, 6)}, {}), d.state(DType::S16, {rows, delay}, {})},
          {{"delay_length", std::int64_t{delay}}});
}
inline void make_framer(Draw& d, const std::string& op) {
  const std::int32_t step = d.between(1, 4), size = step + d.between(0, 5);
  const std::int32_t kept = (size + step - 1) / step * step;
  d.layer(op,
          {d.input(DType::S16, {1, step * d.between(1, 3)}, {}), d.state(DType::S16, {1, kept}, {}),
           d.state(DType::S32, {1}, {})},
          {{"frame_size", std::int64_t{size}}, {"frame_step", std::int64_t{step}}, {"prefill", d.flag()}});
}
inline void make_overlap_add(Draw& d, const std::string& op) {
  const std::int32_t samples = d.between(2, 8);
  d.layer(op, {d.input(d.dtype(), {1, d.between(1, 3), samples}, {}), d.state(d.dtype(), {1, samples}, {})},
          {{"frame_step", std::int64_t{d.between(1, samples)}}});
}
inline void make_stacker(Draw& d, const std::string& op) {
  const std::int32_t channels = d.between(1, 4), left = d.between(0, 2), right = d.between(0, 2);
  d.layer(op,
          {d.input(DType::S16, {channels}, {}), d.state(DType::S16, {channels * (left + 1 + right)}, {}),
           d.state(DType::S32, {2}, {})},
          {{"num_channels", std::int64_t{channels}},
           {"stacker_left_context", std::int64_t{left}},
           {"stacker_right_context", std::int64_t{right}},
           {"stacker_step", std::int64_t{d.between(1, 2)}}});
}

inline std::vector<RandomOp> signal_ops() {
  const DType s16 = DType::S16, s32 = DType::S32, f32 = DType::F32;
  return {
      {"signal_rfft", {s16, s32, f32}, make_fft},
      {"signal_irfft", {s16, s32, f32}, make_fft},
      {"signal_fft_auto_scale", {s16}, make_auto_scale},
      {"signal_window", {s16}, make_window},
      {"signal_energy", {s16}, make_energy},
      {"signal_filter_bank", {s16}, make_filter_bank},
      {"signal_filter_bank_square_root", {s16}, make_square_root},
      {"signal_filter_bank_spectral_subtraction", {s16}, make_spectral_subtraction},
      {"signal_pcan", {s16}, make_pcan},
      {"signal_filter_bank_log", {s16}, make_filter_bank_log},
      {"signal_delay", {s16}, make_delay},
      {"signal_framer", {s16}, make_framer},
      {"signal_overlap_add", {s16, f32}, make_overlap_add},
      {"signal_stacker", {s16}, make_stacker},
  };
}

}  // namespace mote::testing
